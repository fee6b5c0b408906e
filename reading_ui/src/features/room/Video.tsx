import { useEffect, useRef } from 'react';

interface Props {
  stream: MediaStream | null;
  label: string;
  className?: string | undefined;
  mirrored?: boolean;
  onClick?: () => void;
}

/** A moving picture without sound; sound has elements of its own (`Voices`). */
export function Video({ stream, label, className, mirrored = false }: Props) {
  const box = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const video = box.current;
    if (!video) return;
    video.srcObject = stream;
    if (stream) void video.play().catch(() => undefined);
    return () => {
      video.srcObject = null;
    };
  }, [stream]);
  return (
    <video
      ref={box}
      className={className}
      style={mirrored ? { transform: 'scaleX(-1)' } : undefined}
      aria-label={label}
      autoPlay
      playsInline
      muted
    />
  );
}
