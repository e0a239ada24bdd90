import { expect, test } from "vitest";
import { readMatchers } from "./matchers";
import { matcherText } from "./silences";

test("each line is a matcher, and reads as it was typed", () => {
  const text = "source=north\nsite =~ Kazan.*\n\ndevice_id!=a=b\nalertname!~Player.*";
  const read = readMatchers(text);
  expect(read?.map(matcherText)).toEqual(["source=north", "site=~Kazan.*", "device_id!=a=b", "alertname!~Player.*"]);
  expect(read?.[1]).toEqual({ name: "site", value: "Kazan.*", is_regex: true, is_equal: true });
});

test("a line that is none is not guessed at", () => {
  expect(readMatchers("source=north\nKazan")).toBeNull();
  expect(readMatchers(" \n")).toEqual([]);
});
