import "uplot/dist/uPlot.min.css";
import { useMantineColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import { useFormat } from "../i18n/format";

interface PlotProps {
  label: string;
  /** Unix seconds. */
  at: number[];
  values: (number | null)[];
  /** Holds each value until the next one, as states do. */
  isStepped: boolean;
  say: (value: number) => string;
}

const HEIGHT = 150;
/** Plots that share a key move their cursors together. */
const SYNC = "device";

/** A line over time. Its numbers are said in words beside it: a canvas tells a screen reader nothing. */
export default function Plot({ label, at, values, isStepped, say }: PlotProps) {
  const boxRef = useRef<HTMLDivElement>(null);
  const { language } = useFormat();
  const { colorScheme } = useMantineColorScheme();
  const latestSay = useRef(say);
  useEffect(() => {
    latestSay.current = say;
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the theme changes
  useEffect(() => {
    const box = boxRef.current;
    if (box === null) return;
    const plot = new uPlot(
      options(box, label, isStepped, language, (value) => latestSay.current(value)),
      [at, values],
      box,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height: HEIGHT }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [label, at, values, isStepped, language, colorScheme]);

  return <div ref={boxRef} role="img" aria-label={label} />;
}

function options(
  box: HTMLElement,
  label: string,
  isStepped: boolean,
  language: string,
  say: (value: number) => string,
): uPlot.Options {
  const style = getComputedStyle(box);
  const line = style.getPropertyValue("--v-accent");
  const axis = {
    stroke: style.getPropertyValue("--v-dim"),
    grid: { stroke: style.getPropertyValue("--v-border"), width: 1 },
  };
  const stepped = isStepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  const times = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" });
  const dates = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
  return {
    width: box.clientWidth,
    height: HEIGHT,
    cursor: { sync: { key: SYNC }, drag: { x: true, y: false } },
    legend: { show: false },
    scales: { y: { range: (_plot, least, most) => (isStepped ? [-0.05, 1.05] : [Math.min(0, least), most || 1]) } },
    series: [
      {},
      {
        label,
        stroke: line,
        width: 1.5,
        fill: `color-mix(in srgb, ${line} 14%, transparent)`,
        points: { show: false },
        ...(stepped ? { paths: stepped } : {}),
      },
    ],
    axes: [
      {
        ...axis,
        space: 80,
        values: (_plot, ticks, _axis, _space, step) =>
          ticks.map((tick) => (step >= 86_400 ? dates : times).format(new Date(tick * 1000))),
      },
      {
        ...axis,
        size: 72,
        ...(isStepped ? { splits: [0, 1] } : {}),
        values: (_plot, ticks) => ticks.map(say),
      },
    ],
  };
}
