/* The window's own settings, the engine's, all keys, and what the doctor finds. */
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { TextField } from "../../components/fields";
import { Kbd } from "../../components/Kbd";
import { Segmented } from "../../components/Segmented";
import { StatusShape } from "../../components/StatusShape";
import { ask } from "../../ipc/ask";
import type { DoctorStatus } from "../../ipc/bindings/DoctorStatus";
import { useEngineState } from "../../ipc/engine";
import { useDoctor, useSettings } from "../../ipc/queries";
import { allActions, keyOf, useRegistry } from "../../lib/actions";
import { type ThemeChoice, useDesk } from "../../lib/desk";
import { writeKey } from "../../lib/keys";
import { navigate, type Route } from "../../lib/route";
import type { Hue, Shape } from "../../lib/stage";
import { testIds } from "../../testids";
import styles from "./settings.module.css";

type Section = Extract<Route, { at: "settings" }>["section"];

const sections: { id: Section; label: string }[] = [
  { id: "general", label: "General" },
  { id: "keys", label: "Keys" },
  { id: "doctor", label: "Doctor" },
];

export function Settings({ section }: { section: Section }) {
  return (
    <div className={styles.settings} data-testid={testIds.settings}>
      <div className={styles.column}>
        <header className={styles.head}>
          <h1 className={styles.title}>Settings</h1>
          <Segmented
            label="Section"
            options={sections}
            value={section}
            onChange={(next) => navigate({ at: "settings", section: next })}
          />
        </header>
        {section === "general" && <General />}
        {section === "keys" && <Keys />}
        {section === "doctor" && <Doctor />}
      </div>
    </div>
  );
}

const themes: { id: ThemeChoice; label: string }[] = [
  { id: "system", label: "Follow the system" },
  { id: "dark", label: "Dark" },
  { id: "light", label: "Light" },
];

/** What the engine remembers for the person. */
const kept = [
  {
    key: "slots",
    label: "Slots",
    placeholder: "4",
    hint: "For new plans: how many tasks run at the same time.",
  },
  {
    key: "editor",
    label: "Editor",
    placeholder: "the one that is found",
    hint: "A command with {path} and {line} in it, such as: code --goto {path}:{line}",
  },
] as const;

function General() {
  const theme = useDesk((d) => d.theme);
  const fontSize = useDesk((d) => d.terminalFontSize);
  const set = useDesk((d) => d.set);
  const engine = useEngineState();
  const { data: settings = [], refetch } = useSettings();
  return (
    <>
      <section className={styles.group}>
        <h2>Look</h2>
        <div className={styles.line}>
          <span className="quiet">Theme</span>
          <Segmented label="Theme" options={themes} value={theme} onChange={(next) => set({ theme: next })} />
        </div>
        <div className={styles.line}>
          <span className="quiet">Terminal text</span>
          <Segmented
            label="Size of terminal text"
            options={["11", "12", "13", "14", "16"].map((id) => ({ id, label: id }))}
            value={String(fontSize)}
            onChange={(size) => set({ terminalFontSize: Number(size) })}
          />
        </div>
      </section>
      <section className={styles.group}>
        <h2>Engine</h2>
        {kept.map((setting) => (
          <TextField
            key={setting.key}
            label={setting.label}
            hint={setting.hint}
            mono={setting.key === "editor"}
            value={settings.find((s) => s.key === setting.key)?.value ?? ""}
            placeholder={setting.placeholder}
            onCommit={async (value) => {
              await ask({ type: "set_setting", key: setting.key, value: value.trim() });
              await refetch();
            }}
          />
        ))}
        <dl className={styles.facts}>
          <dt>Process</dt>
          <dd className="mono">{engine.connected ? (engine.engine_pid ?? "unknown") : "not connected"}</dd>
          <dt>Data</dt>
          <dd className="mono">{engine.home ?? "unknown"}</dd>
        </dl>
        <p className="quiet">
          The engine goes on when this window closes, and ends by itself when nothing is left to do.
        </p>
      </section>
      <section className={styles.group}>
        <h2>Made with</h2>
        <p className="quiet">
          React Flow, xterm.js, Radix, TanStack Query and Virtual, cmdk, Zustand, Lucide, Inter and JetBrains
          Mono, and Tauri. Thank you.
        </p>
      </section>
    </>
  );
}

function Keys() {
  const offers = useRegistry((r) => r.offers);
  const own = useDesk((d) => d.keys);
  const set = useDesk((d) => d.set);
  const [recording, setRecording] = useState<string | null>(null);
  const actions = allActions(offers).filter((a) => !a.id.startsWith("inbox.answer"));
  const groups = [...new Set(actions.map((a) => a.group))];
  const bind = (id: string, key: string) => set({ keys: { ...own, [id]: key } });
  const reset = (id: string) =>
    set({ keys: Object.fromEntries(Object.entries(own).filter(([k]) => k !== id)) });
  return (
    <>
      <p className="quiet">
        Click a key, then press the new one; Backspace takes it away, Escape leaves it. Keys of a place (the
        canvas, the review) are listed while that place is open behind this one, and always in the sheet under
        “?”.
      </p>
      {groups.map((group) => (
        <section key={group} className={styles.group}>
          <h2>{group}</h2>
          {actions
            .filter((a) => a.group === group)
            .map((action) => {
              const key = keyOf(action, own);
              const clash = key
                ? actions.find(
                    (a) => a.id !== action.id && keyOf(a, own)?.split(" ")[0] === key.split(" ")[0],
                  )
                : undefined;
              return (
                <div key={action.id} className={styles.keyRow}>
                  <span>{action.label}</span>
                  {clash && <span className={styles.clash}>also “{clash.label}”</span>}
                  <span className={styles.spring} />
                  {action.id in own && (
                    <Button size="small" look="plain" onClick={() => reset(action.id)}>
                      Reset
                    </Button>
                  )}
                  <button
                    type="button"
                    className={styles.key}
                    data-keys={recording === action.id ? "own" : undefined}
                    aria-label={`Key of ${action.label}`}
                    onClick={() => setRecording(action.id)}
                    onBlur={() => setRecording(null)}
                    onKeyDown={(e) => {
                      if (recording !== action.id) return;
                      e.preventDefault();
                      e.stopPropagation();
                      if (e.key === "Escape") return setRecording(null);
                      const written = e.key === "Backspace" ? "" : writeKey(e);
                      if (written === null) return;
                      bind(action.id, written);
                      setRecording(null);
                    }}
                  >
                    {recording === action.id ? "Press a key…" : key ? <Kbd keys={key} /> : "none"}
                  </button>
                </div>
              );
            })}
        </section>
      ))}
    </>
  );
}

const looks: Record<DoctorStatus, { shape: Shape; hue: Hue; word: string }> = {
  good: { shape: "check", hue: "land", word: "Good" },
  warning: { shape: "diamond", hue: "need", word: "Look at this" },
  bad: { shape: "cross", hue: "fail", word: "Missing" },
};

function Doctor() {
  const { data, error, refetch, isFetching } = useDoctor();
  if (error) return <ErrorNote problem={error} onRetry={() => void refetch()} />;
  return (
    <section className={styles.group}>
      <div className={styles.line}>
        <h2>What Coppice finds on this machine</h2>
        <span className={styles.spring} />
        <Button busy={isFetching} onClick={() => void refetch()}>
          Look again
        </Button>
      </div>
      <ul>
        {data?.rows.map((row) => (
          <li key={row.name} className={styles.doctorRow}>
            <StatusShape
              shape={looks[row.status].shape}
              hue={looks[row.status].hue}
              label={looks[row.status].word}
            />
            <div data-selectable>
              <b>{row.name}</b> <span className="medium">{row.found}</span>
              {row.hint && <div className="quiet">{row.hint}</div>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
