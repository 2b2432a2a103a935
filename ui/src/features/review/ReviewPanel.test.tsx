import { QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";
import { TooltipProvider } from "../../components/Tooltip";
import { useToasts } from "../../components/toast";
import type { Request } from "../../ipc/bindings/Request";
import type { ReviewView } from "../../ipc/bindings/ReviewView";
import { newCache } from "../../ipc/cache";
import { newFake } from "../../ipc/fake/engine";
import { transportOf } from "../../ipc/fake/transport";
import { keys } from "../../ipc/keys";
import { setTransport } from "../../ipc/transport";
import { runAction } from "../../lib/actions";
import { testIds } from "../../testids";
import { draftsKey } from "./drafts";
import { Review } from "./Review";

const asked: Request[] = [];
const called: { command: string; args: unknown }[] = [];
let refuse: { code: string; message: string; hint: null } | null = null;

beforeEach(() => {
  asked.length = 0;
  called.length = 0;
  refuse = null;
  window.localStorage.clear();
  useToasts.setState({ toasts: [] });
  window.history.replaceState(null, "", "/?still");
});

/** The rich review of the fake, or another task's newest attempt; `change` alters what reviewers said. */
function show(task = "queue", attempt = 1, change: (review: ReviewView) => void = () => {}) {
  const fake = newFake("normal");
  const view = fake.state.plans.get("retry")?.attempts.get(task)?.[0];
  if (!view) throw new Error(`the fake has no attempt of ${task}`);
  change(view.review);
  const inner = transportOf(fake);
  setTransport({
    ...inner,
    invoke: async (command, args) => {
      called.push({ command, args });
      const request = args?.request as Request | undefined;
      if (request) asked.push(request);
      if (refuse && (request?.type === "request_changes" || request?.type === "waive")) throw refuse;
      return inner.invoke(command, args);
    },
  });
  const client = newCache();
  const page = render(
    <QueryClientProvider client={client}>
      <TooltipProvider>
        <Review plan="retry" task={task} attempt={attempt} />
      </TooltipProvider>
    </QueryClientProvider>,
  );
  const again = () => client.invalidateQueries({ queryKey: [...keys.task("retry", task)] });
  return { attempt: view, again, page };
}

const of = <K extends Request["type"]>(type: K) =>
  asked.filter((request): request is Extract<Request, { type: K }> => request.type === type);
const retry = "crates/queue/src/retry.rs";
const chosen = () =>
  [...document.querySelectorAll<HTMLElement>("[data-chosen]")].map((row) => row.textContent);

/** Goes to a place by its link in the left column, once the changed files are known. */
async function go(where: string) {
  await waitFor(() => {
    const [link] = screen.getAllByTestId(testIds.place(where));
    expect(link?.querySelector("svg")).toBeNull();
  });
  fireEvent.click(screen.getAllByTestId(testIds.place(where))[0] as HTMLElement);
}

/** Shows the file that most of the review is about. */
async function openRetry() {
  await screen.findByTestId(testIds.verdict);
  await go(`${retry}:4`);
  await waitFor(() => expect(screen.getByTestId(testIds.diff).textContent).toContain("pub max_attempts"));
}

test("requirements carry their verdicts, findings their severity, place, source and how often they were seen", async () => {
  show();
  const unmet = await screen.findByTestId(testIds.requirement("4"));
  expect(unmet.dataset.status).toBe("unmet");
  expect(within(unmet).getByLabelText("Unmet")).toBeTruthy();
  expect(screen.getByTestId(testIds.requirement("5")).textContent).toContain("Unverifiable");
  expect(screen.getByTestId(testIds.requirement("1")).textContent).toContain("Met");
  const finding = screen.getByTestId(testIds.finding("F1"));
  expect(finding.textContent).toContain("missing");
  expect(finding.textContent).toContain("retry.rs:9");
  expect(finding.textContent).toContain("codex");
  expect(finding.textContent).toContain("seen 2 times");
  expect(screen.getByTestId(testIds.finding("F5")).textContent).toContain("You, after round 1");
  expect(screen.getByTestId(testIds.verdict).textContent).toContain("Gaps: 1 unmet, 3 findings open");
  expect(screen.getByTestId(testIds.rounds).textContent).toContain("Fix round 2 of 5");
});

test("what is settled is listed only when it is asked for, with the waiver's reason", async () => {
  show();
  await screen.findByTestId(testIds.finding("F1"));
  expect(screen.queryByTestId(testIds.finding("F2"))).toBeNull();
  fireEvent.click(screen.getByTestId(testIds.findingFilter("all")));
  expect((await screen.findByTestId(testIds.finding("F2"))).dataset.state).toBe("addressed");
  expect(screen.getByTestId(testIds.finding("F6")).textContent).toContain("The release needs it executable");
});

test("markup and hidden characters in a finding are shown as text", async () => {
  show("queue", 1, (review) => {
    const [first] = review.findings;
    if (first) first.why = "<img src=x onerror=alert(1)> \u202etxt ![x](http://evil)";
  });
  const finding = await screen.findByTestId(testIds.finding("F1"));
  expect(finding.querySelector("img:not([role])")).toBeNull();
  expect(finding.querySelector("a")).toBeNull();
  expect(finding.textContent).toContain("<img src=x onerror=alert(1)>");
  expect(within(finding).getAllByLabelText(/right-to-left override/).length).toBeGreaterThan(0);
});

test("evidence leads to its line, which is marked", async () => {
  show();
  await screen.findByTestId(testIds.requirement("4"));
  await go(`${retry}:9`);
  await waitFor(() => expect(chosen().join()).toContain("pub max_attempts"));
  expect(screen.getByLabelText(retry).contains(screen.getByTestId(testIds.diff))).toBe(true);
});

test("evidence outside the change opens in the editor, at its line", async () => {
  show();
  await openRetry();
  fireEvent.click(screen.getByTestId(testIds.place("crates/config/src/keys.rs:88")));
  await waitFor(() => expect(called.some((one) => one.command === "open_in_editor")).toBe(true));
  expect(called.find((one) => one.command === "open_in_editor")?.args).toMatchObject({
    path: expect.stringMatching(/crates\/config\/src\/keys\.rs$/),
    line: 88,
  });
});

test("keys walk along what is open, and W waives it with a reason", async () => {
  const { again } = show();
  await openRetry();
  expect(runAction("review.waive")).toBe(false);
  expect(runAction("review.nextFinding")).toBe(true);
  await waitFor(() => expect(runAction("review.waive")).toBe(true));
  const reason = await screen.findByTestId(testIds.waiveReason);
  expect(screen.getByTestId(testIds.requirement("4")).contains(reason)).toBe(true);
  // Without a reason there is no waiver.
  expect((screen.getByTestId(testIds.waiveYes) as HTMLButtonElement).disabled).toBe(true);
  fireEvent.change(reason, { target: { value: "The key moves to another plan." } });
  fireEvent.click(screen.getByTestId(testIds.waiveYes));
  await waitFor(() => expect(of("waive")).toHaveLength(1));
  expect(of("waive")[0]).toMatchObject({ task: "queue", id: "4", reason: "The key moves to another plan." });
  await again();
  await waitFor(() =>
    expect(screen.getByTestId(testIds.requirement("4")).textContent).toContain(
      "The key moves to another plan.",
    ),
  );
  expect(screen.getByTestId(testIds.requirement("4")).textContent).toContain("Waived");
});

test("a refused waiver keeps its reason to be mended", async () => {
  show();
  refuse = { code: "refused", message: "A waiver needs a better reason.", hint: null };
  fireEvent.click(await screen.findByLabelText("Waive finding F1"));
  const reason = (await screen.findByTestId(testIds.waiveReason)) as HTMLInputElement;
  fireEvent.change(reason, { target: { value: "no" } });
  fireEvent.click(screen.getByTestId(testIds.waiveYes));
  await waitFor(() =>
    expect(useToasts.getState().toasts[0]?.message).toBe("A waiver needs a better reason."),
  );
  expect((screen.getByTestId(testIds.waiveReason) as HTMLInputElement).value).toBe("no");
});

/** Comments on the line of `max_attempts`, by its gutter. */
async function comment(text: string) {
  const cell = [...document.querySelectorAll<HTMLElement>("[data-gutter]")].find(
    (one) => one.textContent === "9",
  );
  if (!cell) throw new Error("the line is not shown");
  fireEvent.click(cell);
  fireEvent.change(await screen.findByTestId(testIds.commentText), { target: { value: text } });
  fireEvent.click(screen.getByTestId(testIds.commentDone));
}

test("comments are a batch, survive a restart, and go only once the engine has taken them", async () => {
  const first = show();
  await openRetry();
  await comment("Name the unit.");
  fireEvent.click(screen.getByTestId(testIds.commentWhole));
  const whole = await screen.findByTestId(testIds.commentText);
  fireEvent.change(whole, { target: { value: "Say it in the guide." } });
  fireEvent.keyDown(whole, { key: "Escape" });
  expect(screen.getByTestId(testIds.requestChanges).textContent).toContain("Request changes (2)");
  expect(of("request_changes")).toEqual([]);
  first.page.unmount();

  show();
  expect(await screen.findAllByText("Name the unit.")).toBeTruthy();
  refuse = { code: "refused", message: "Durable queue can't be changed now.", hint: null };
  fireEvent.click(screen.getByTestId(testIds.requestChanges));
  await waitFor(() => expect(useToasts.getState().toasts[0]?.message).toMatch(/can't be changed now/));
  expect(window.localStorage.getItem(draftsKey("retry", "queue", 1))).toContain("Name the unit.");

  refuse = null;
  fireEvent.click(screen.getByTestId(testIds.requestChanges));
  await waitFor(() => expect(of("request_changes")).toHaveLength(2));
  expect(of("request_changes")[1]?.comments).toEqual([
    { file: retry, line: 9, end_line: null, text: "Name the unit." },
    { file: null, line: null, end_line: null, text: "Say it in the guide." },
  ]);
  await waitFor(() => expect(window.localStorage.getItem(draftsKey("retry", "queue", 1))).toBeNull());
});

test("C comments on lines chosen by key, and shift chooses more of them", async () => {
  show();
  await openRetry();
  await go(`${retry}:9`);
  await waitFor(() => expect(chosen().join()).toContain("pub max_attempts"));
  runAction("review.lineDown");
  await waitFor(() => expect(chosen().join()).not.toContain("max_attempts"));
  runAction("review.extendDown");
  await waitFor(() => expect(chosen()).toHaveLength(2));
  runAction("review.comment");
  fireEvent.change(await screen.findByTestId(testIds.commentText), { target: { value: "Both." } });
  fireEvent.blur(screen.getByTestId(testIds.commentText));
  const [draft] = JSON.parse(window.localStorage.getItem(draftsKey("retry", "queue", 1)) ?? "[]");
  expect(draft).toMatchObject({ file: retry, line: 10, end: 11 });
  expect(draft.quote).toHaveLength(2);
});

test("a comment whose line reads otherwise now is marked, kept, and not sent", async () => {
  const stale = {
    id: "d1",
    file: retry,
    line: 9,
    end: null,
    text: "Name the unit.",
    head: "another head",
    print: "another print",
    quote: ["    pub attempts: u8,"],
  };
  window.localStorage.setItem(draftsKey("retry", "queue", 1), JSON.stringify([stale]));
  show();
  await waitFor(() => expect(screen.getByTestId(testIds.draft("d1")).dataset.standing).toBe("outdated"));
  expect(screen.getByTestId(testIds.draft("d1")).textContent).toContain("pub attempts: u8,");
  // Nothing but the open findings would be sent.
  expect(screen.getByTestId(testIds.requestChanges).textContent).toContain("Send to the fixer again");
  fireEvent.click(screen.getByText("Attach to the file"));
  await waitFor(() =>
    expect(screen.getByTestId(testIds.requestChanges).textContent).toContain("Request changes (1)"),
  );
});

test("a void review is struck through, and approving says that nobody has read this head", async () => {
  show("cli", 2, (review) => {
    if (review.last) review.last.void = "The head moved since.";
  });
  const verdict = await screen.findByTestId(testIds.verdict);
  expect(verdict.dataset.void).toBe("true");
  expect(verdict.querySelector("[class*=void]")).toBeTruthy();
  expect(verdict.textContent).toContain("The head moved since.");
  expect(screen.getByTestId(testIds.approve).textContent).toContain("Approve unreviewed");
  fireEvent.click(screen.getByTestId(testIds.approve));
  expect(screen.getByText(/this head is not reviewed/)).toBeTruthy();
});

test("a review that failed says why, and counts as none", async () => {
  show("cli", 2, (review) => {
    if (review.last) Object.assign(review.last, { verdict: "failed", failed: "It returned prose twice." });
  });
  const verdict = await screen.findByTestId(testIds.verdict);
  expect(verdict.textContent).toContain("Review failed");
  expect(verdict.textContent).toContain("It returned prose twice.");
  expect(screen.getByTestId(testIds.approve).textContent).toContain("Approve unreviewed");
});

test("without a review, requirements, the bar and the approval say so", async () => {
  show("cli", 2, (review) => {
    Object.assign(review, { last: null, findings: [], rounds: 0 });
    for (const requirement of review.requirements) Object.assign(requirement, { status: null, evidence: [] });
  });
  expect((await screen.findAllByLabelText("Not reviewed")).length).toBe(2);
  expect(screen.getByTestId(testIds.verdict).textContent).toContain("Not reviewed");
  expect(screen.getByTestId(testIds.approve).textContent).toContain("Approve unreviewed");
});

test("scopes show their own files, and say when there are none", async () => {
  show();
  await openRetry();
  fireEvent.click(screen.getByTestId(testIds.scope("since_review")));
  await waitFor(() => expect(of("changed_files").some((one) => one.scope === "since_review")).toBe(true));
  expect(await screen.findByText(/of 2 files/)).toBeTruthy();
  fireEvent.click(screen.getByTestId(testIds.scope("uncommitted")));
  expect(await screen.findByText("Nothing is uncommitted")).toBeTruthy();
  expect(runAction("review.comment")).toBe(false);
});
