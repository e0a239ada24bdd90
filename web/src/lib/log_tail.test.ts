import { describe, expect, it } from "vitest";
import { createLogTail } from "./log_tail";

function tailOf(most: number) {
  const shown: string[][] = [];
  const waiting: (() => void)[] = [];
  const tail = createLogTail(
    most,
    (lines) => shown.push(lines),
    (act) => waiting.push(act),
  );
  const passTime = (): void => {
    for (const act of waiting.splice(0)) act();
  };
  return { tail, shown, passTime };
}

describe("a log that comes line by line", () => {
  it("shows the lines of a moment together", () => {
    const { tail, shown, passTime } = tailOf(10);
    for (const line of ["a", "b", "c"]) tail.add(line);
    expect(shown).toEqual([]);
    passTime();
    tail.add("d");
    passTime();
    expect(shown).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c", "d"],
    ]);
  });

  it("keeps no more than it may", () => {
    const { tail, shown, passTime } = tailOf(2);
    for (const line of ["a", "b", "c"]) tail.add(line);
    passTime();
    expect(shown).toEqual([["b", "c"]]);
  });

  it("says that there is nothing yet", () => {
    const { tail, shown, passTime } = tailOf(2);
    tail.show();
    passTime();
    expect(shown).toEqual([[]]);
  });
});
