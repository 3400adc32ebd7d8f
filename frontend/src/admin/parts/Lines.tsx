export interface Series {
  name: string;
  /** From the left; null where there is none. */
  values: readonly (number | null)[];
}

const [width, height, edge] = [600, 200, 8];

/** Series over the same steps as lines, told apart by colour and by dashes. Whoever shows them has the same figures in a table beside. */
export function Lines({ label, series, most }: { label: string; series: readonly Series[]; /** What the height stands for. */ most: number }) {
  const steps = Math.max(1, ...series.map(({ values }) => values.length));
  const x = (step: number) => (steps === 1 ? width / 2 : edge + (step * (width - 2 * edge)) / (steps - 1));
  const y = (value: number) => height - edge - ((height - 2 * edge) * value) / (most || 1);
  return (
    <figure className="lines">
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        <line className="lines-ground" x1={0} x2={width} y1={height - edge} y2={height - edge} />
        {series.map(({ name, values }, index) => (
          <g key={name} className="lines-series" data-line={index}>
            <polyline points={values.flatMap((value, step) => (value === null ? [] : [`${x(step)},${y(value)}`])).join(" ")} />
            {values.map((value, step) => (value === null ? null : <circle key={step} cx={x(step)} cy={y(value)} r={4} />))}
          </g>
        ))}
      </svg>
      <figcaption className="lines-names small">
        {series.map(({ name }, index) => (
          <span key={name}>
            <svg viewBox="0 0 28 8" aria-hidden="true" className="lines-series" data-line={index}><polyline points="0,4 28,4" /></svg>
            {name}
          </span>
        ))}
      </figcaption>
    </figure>
  );
}
