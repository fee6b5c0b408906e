import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { toast, useToasts } from './toast';

const texts = () => useToasts.getState().items.map(({ text }) => text);

beforeEach(() => {
  vi.useFakeTimers();
  useToasts.setState({ items: [] });
});
afterEach(() => vi.useRealTimers());

describe('a problem at the foot of the screen', () => {
  it('stays long enough to be read and then goes by itself', () => {
    toast('无法上传', { tone: 'problem' });
    vi.advanceTimersByTime(20_000);
    expect(texts()).toEqual(['无法上传']);
    vi.advanceTimersByTime(11_000);
    expect(texts()).toEqual([]);
  });

  it('stays as long when it is a caution, longer than news that has a button, too', () => {
    const action = { label: '查看', run: () => {} };
    toast('报告已签发', { tone: 'news', action });
    toast('图像文件损坏', { tone: 'caution', action });
    vi.advanceTimersByTime(20_000);
    expect(texts()).toEqual(['图像文件损坏']);
    vi.advanceTimersByTime(11_000);
    expect(texts()).toEqual([]);
  });

  it('goes as soon as what it was about succeeds, with those about its parts, and no other', () => {
    toast('a.exe: 类型不支持', { tone: 'problem', about: 'one:a.exe' });
    toast('b.exe: 类型不支持', { tone: 'problem', about: 'one:b.exe' });
    toast('别处的错误', { tone: 'problem', about: 'other' });
    toast('会诊申请已提交', { about: 'one' });
    expect(texts()).toEqual(['别处的错误', '会诊申请已提交']);
  });
});
