import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bring, PartMissing } from "./bring";

const told = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { querySelectorAll: () => [] });
  vi.stubGlobal("dispatchEvent", (event: Event) => told(event.type));
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  told.mockReset();
});

function failing(times: number): () => Promise<string> {
  const load = vi.fn(() => Promise.resolve("here"));
  for (let each = 0; each < times; each += 1) load.mockRejectedValueOnce(new TypeError("Failed to fetch"));
  return load;
}

test("what comes at once is asked for once", async () => {
  const load = failing(0);
  await expect(bring(load)).resolves.toBe("here");
  expect(load).toHaveBeenCalledTimes(1);
});

test("what does not come is asked for again, each time after a longer pause", async () => {
  const load = failing(3);
  const brought = bring(load);
  await vi.advanceTimersByTimeAsync(249);
  expect(load).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(load).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(4_000);
  await expect(brought).resolves.toBe("here");
  expect(load).toHaveBeenCalledTimes(4);
  expect(told).not.toHaveBeenCalled();
});

test("what never comes is given up with its reason", async () => {
  const load = failing(10);
  const refused = expect(bring(load)).rejects.toSatisfy(
    (error) => error instanceof PartMissing && error.cause instanceof TypeError,
  );
  await vi.runAllTimersAsync();
  await refused;
  expect(load).toHaveBeenCalledTimes(4);
  expect(told).toHaveBeenCalledExactlyOnceWith("vitrina:part-missing");
});
