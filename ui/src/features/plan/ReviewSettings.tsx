/* Who looks at the work before a person does, and who works off what they find. */
import { NumberField, SelectField } from "../../components/fields";
import type { ReviewSpec } from "../../ipc/bindings/ReviewSpec";
import { testIds } from "../../testids";
import type { PartProps } from "./PlanSettings";
import styles from "./plan.module.css";

/** Rounds of a plan that says nothing else. */
const ROUNDS = 5;

export function ReviewSettings({ plan, patch }: PartProps) {
  const { review, agents } = plan;
  const change = (part: (was: ReviewSpec) => Partial<ReviewSpec>) =>
    patch((now) => {
      const was = now.review ?? { agents: [], rounds: ROUNDS };
      return { review: { ...was, ...part(was) } };
    });
  // A reviewer whose agent was removed stays in sight, so that it can be taken out.
  const names = [...agents.map((a) => a.name), ...(review?.agents ?? [])];
  return (
    <section className={styles.group}>
      <h2>Review and fixing</h2>
      <p>After green checks another agent reads the spec against the diff. It never sees the report.</p>
      <SelectField
        label="Review"
        testId={testIds.field("review")}
        value={review ? "on" : "off"}
        options={[
          { id: "off", label: "Off: every task says that it is not reviewed" },
          { id: "on", label: "On: after green checks, before you" },
        ]}
        onCommit={(chosen) => change(() => ({ rounds: chosen === "off" ? 0 : ROUNDS }))}
      />
      {review && (
        <>
          <fieldset className={styles.choices}>
            <legend>Reviewers</legend>
            <div className={styles.choiceList}>
              {[...new Set(names)].map((name) => (
                <label key={name} className={styles.choice}>
                  <input
                    type="checkbox"
                    checked={review.agents.includes(name)}
                    data-testid={testIds.field(`reviewer-${name}`)}
                    onChange={({ target: { checked } }) =>
                      change(({ agents: were }) => {
                        const others = were.filter((other) => other !== name);
                        return { agents: checked ? [...others, name] : others };
                      })
                    }
                  />
                  {name}
                </label>
              ))}
              <span className={styles.choiceHint}>{chosenWords(review.agents)}</span>
            </div>
          </fieldset>
          <NumberField
            label="Rounds"
            min={1}
            max={20}
            testId={testIds.field("review-rounds")}
            value={review.rounds}
            hint="Of fixing, at most; then it is yours to decide."
            onCommit={(rounds) => change(() => ({ rounds }))}
          />
        </>
      )}
      <SelectField
        label="Fixer"
        testId={testIds.field("fixer")}
        value={plan.fixer ?? ""}
        options={[
          { id: "", label: "The agent that implemented, started afresh" },
          ...agents.map((a) => ({ id: a.name, label: a.name })),
        ]}
        onCommit={(fixer) => patch({ fixer })}
      />
    </section>
  );
}

function chosenWords(reviewers: readonly string[]): string {
  if (reviewers.length === 0) return "Chosen by Coppice: another vendor’s agent, where the plan has one.";
  return reviewers.length === 1 ? "One reviewer." : "Their findings are merged without doubles.";
}
