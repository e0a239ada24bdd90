interface TableHeadProps {
  heads: readonly string[];
  /** What the last column is for, where it holds buttons and says nothing above them. */
  acts?: string | false | undefined;
}

export function TableHead({ heads, acts }: TableHeadProps) {
  return (
    <thead>
      <tr>
        {heads.map((head) => (
          <th key={head} scope="col">
            {head}
          </th>
        ))}
        {acts && <th scope="col" aria-label={acts} />}
      </tr>
    </thead>
  );
}
