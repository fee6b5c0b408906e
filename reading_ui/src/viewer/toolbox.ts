import {
  AngleTool,
  annotation,
  EllipticalROITool,
  Enums,
  LengthTool,
  PanTool,
  ProbeTool,
  RectangleROITool,
  StackScrollTool,
  ToolGroupManager,
  WindowLevelTool,
  ZoomTool,
} from '@cornerstonejs/tools';
import type { MarkKind } from './measure';
import type { Tool } from './types';

const { Primary, Secondary, Auxiliary } = Enums.MouseBindings;

const NAMES: Record<Tool, string> = {
  window: WindowLevelTool.toolName,
  scroll: StackScrollTool.toolName,
  pan: PanTool.toolName,
  zoom: ZoomTool.toolName,
  length: LengthTool.toolName,
  angle: AngleTool.toolName,
  rectangle: RectangleROITool.toolName,
  ellipse: EllipticalROITool.toolName,
  probe: ProbeTool.toolName,
};

const MARKS: readonly MarkKind[] = ['length', 'angle', 'rectangle', 'ellipse', 'probe'];

export const kindOfTool = (toolName: string): MarkKind | undefined =>
  MARKS.find((kind) => NAMES[kind] === toolName);

/** Text beside a mark, asked for by the drawing library with the mark's data and `imageId:…`. */
export type TextLines = (kind: MarkKind, data: unknown, targetId: unknown) => string[];

export interface Toolbox {
  add(viewportId: string, engineId: string): void;
  remove(viewportId: string, engineId: string): void;
  pick(tool: Tool): void;
  destroy(): void;
}

/** Left button: the chosen tool. Middle: pan. Right: zoom. The wheel belongs to the pane. */
export function makeToolbox(id: string, textLines: TextLines): Toolbox {
  const group = ToolGroupManager.createToolGroup(id);
  if (!group) throw new Error(`tool group ${id} exists`);
  for (const tool of ['window', 'scroll', 'pan', 'zoom'] as const) group.addTool(NAMES[tool]);
  for (const kind of MARKS) {
    group.addTool(NAMES[kind], {
      getTextLines: (data: unknown, targetId: unknown) => textLines(kind, data, targetId),
      // Values are worked out in measure.ts, the same way on both render paths.
      calculateStats: false,
      actions: {},
      shadow: true,
    });
    group.setToolPassive(NAMES[kind]);
  }
  let current: Tool = 'window';
  const bindFixed = () => {
    const pan = current === 'pan' ? [Primary, Auxiliary] : [Auxiliary];
    const zoom = current === 'zoom' ? [Primary, Secondary] : [Secondary];
    group.setToolActive(NAMES.pan, { bindings: pan.map((mouseButton) => ({ mouseButton })) });
    group.setToolActive(NAMES.zoom, {
      bindings: [...zoom.map((mouseButton) => ({ mouseButton })), { numTouchPoints: 2 }],
    });
  };
  const pick = (tool: Tool) => {
    group.setToolPassive(NAMES[current], { removeAllBindings: true });
    current = tool;
    if (tool !== 'pan' && tool !== 'zoom') {
      group.setToolActive(NAMES[tool], { bindings: [{ mouseButton: Primary }] });
    }
    bindFixed();
  };
  pick('window');
  return {
    add: (viewportId, engineId) => group.addViewport(viewportId, engineId),
    remove: (viewportId, engineId) => group.removeViewports(engineId, viewportId),
    pick,
    destroy: () => ToolGroupManager.destroyToolGroup(id),
  };
}

/** Marks readable on black and on white: bright line, dark halo, text on a shade. */
export function styleMarks(): void {
  const { style } = annotation.config;
  style.setDefaultToolStyles({
    ...style.getDefaultToolStyles(),
    global: {
      ...style.getDefaultToolStyles().global,
      color: 'rgb(255, 214, 64)',
      colorHighlighted: 'rgb(64, 230, 255)',
      colorSelected: 'rgb(64, 230, 255)',
      lineWidth: '1.5',
      textBoxFontFamily: 'system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif',
      textBoxFontSize: '13px',
      textBoxColor: 'rgb(255, 224, 110)',
      textBoxColorHighlighted: 'rgb(140, 240, 255)',
      textBoxColorSelected: 'rgb(140, 240, 255)',
      textBoxBackground: 'rgba(0, 0, 0, 0.55)',
    },
  });
}
