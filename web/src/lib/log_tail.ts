/** The newest lines of a log that comes line by line: shown in bunches, because a page that opens gets a thousand at once. */

export interface LogTail {
  add: (line: string) => void;
  /** Shows what there is, also when that is nothing. */
  show: () => void;
}

/** `later` calls back once, soon. */
export function createLogTail(
  most: number,
  onLines: (lines: string[]) => void,
  later: (act: () => void) => void,
): LogTail {
  let lines: string[] = [];
  let isDue = false;
  const show = (): void => {
    isDue = false;
    if (lines.length > most) lines = lines.slice(-most);
    onLines([...lines]);
  };
  const showSoon = (): void => {
    if (isDue) return;
    isDue = true;
    later(show);
  };
  return {
    add: (line) => {
      lines.push(line);
      showSoon();
    },
    show: showSoon,
  };
}
