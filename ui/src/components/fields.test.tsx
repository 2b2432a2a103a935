import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DurationField, TextField } from "./fields";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const type = (label: string, value: string) =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

test("typing that rests is saved once, and leaving saves nothing twice", () => {
  const save = vi.fn();
  render(<TextField label="Role" value="" onCommit={save} />);
  type("Role", "You add");
  act(() => vi.advanceTimersByTime(600));
  type("Role", "You add the model.");
  act(() => vi.advanceTimersByTime(2000));
  fireEvent.blur(screen.getByLabelText("Role"));
  expect(save.mock.calls).toEqual([["You add the model."]]);
});

test("what others write shows through only while nobody types here", () => {
  const { rerender } = render(<TextField label="Role" value="one" onCommit={() => {}} />);
  type("Role", "mine");
  rerender(<TextField label="Role" value="theirs" onCommit={() => {}} />);
  expect(screen.getByLabelText<HTMLInputElement>("Role").value).toBe("mine");
  fireEvent.keyDown(screen.getByLabelText("Role"), { key: "Escape" });
  expect(screen.getByLabelText<HTMLInputElement>("Role").value).toBe("theirs");
});

test("Escape saves nothing", () => {
  const save = vi.fn();
  render(<TextField label="Role" value="one" onCommit={save} />);
  type("Role", "two");
  fireEvent.keyDown(screen.getByLabelText("Role"), { key: "Escape" });
  act(() => vi.advanceTimersByTime(5000));
  expect(save).not.toHaveBeenCalled();
});

test("leaving the place loses nothing", () => {
  const save = vi.fn();
  const { unmount } = render(<TextField label="Role" value="" onCommit={save} />);
  type("Role", "kept");
  unmount();
  expect(save).toHaveBeenCalledWith("kept");
});

test("a duration that is none is said to be none and not saved", () => {
  const save = vi.fn();
  render(<DurationField label="Estimate" value={600_000} onCommit={save} />);
  type("Estimate", "soon");
  expect(screen.getByRole("alert").textContent).toContain("10m");
  fireEvent.blur(screen.getByLabelText("Estimate"));
  expect(save).not.toHaveBeenCalled();
  type("Estimate", "1h 30m");
  fireEvent.blur(screen.getByLabelText("Estimate"));
  expect(save).toHaveBeenCalledWith(5_400_000);
});
