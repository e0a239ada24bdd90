import classes from "./QrCode.module.css";

interface QrCodeProps {
  code: { size: number; path: string };
  label: string;
}

/** Dark on light in both themes: many cameras read nothing else. */
export function QrCode({ code, label }: QrCodeProps) {
  return (
    <svg className={classes.code} viewBox={`0 0 ${code.size} ${code.size}`} role="img" aria-label={label}>
      <rect width={code.size} height={code.size} fill="#fff" />
      <path d={code.path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}
