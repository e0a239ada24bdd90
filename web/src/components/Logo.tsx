/** A wall of screens with one dark: what the product is for. */
export function Logo({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <g fill="var(--v-accent)">
        <rect x="1" y="3" width="6" height="8" rx="1.5" />
        <rect x="9" y="3" width="6" height="8" rx="1.5" />
        <rect x="1" y="13" width="6" height="8" rx="1.5" />
        <rect x="9" y="13" width="6" height="8" rx="1.5" />
        <rect x="17" y="13" width="6" height="8" rx="1.5" />
      </g>
      <rect x="17" y="3" width="6" height="8" rx="1.5" fill="var(--v-offline-bar)" />
    </svg>
  );
}
