/** Counts side by side as bars. Whoever shows them has the same figures in a table beside. */
export function Bars({ label, values, most }: {
  label: string;
  /** From the left; null is no bar at all, 0 is a thin one. */
  values: readonly (number | null)[];
  /** What the height of the drawing stands for. */
  most: number;
}) {
  const width = 100 / Math.max(1, values.length);
  return (
    <svg className="bars" viewBox="0 0 100 24" preserveAspectRatio="none" role="img" aria-label={label}>
      {values.map((value, index) => {
        if (value === null) return null;
        const height = value === 0 ? 0.3 : Math.max(0.8, (24 * value) / most);
        return <rect key={index} className="bar-share" x={index * width} y={24 - height} width={width * 0.85} height={height} />;
      })}
    </svg>
  );
}
