// One run's terminal with its header line and the questions that typing into it may raise.

import { ArrowDownToLine, ClipboardCopy, Search, SquareTerminal, X } from "lucide-react";
import { useRef, useState } from "react";
import "@xterm/xterm/css/xterm.css";
import { Button, IconButton } from "../../components/Button";
import { Confirm } from "../../components/Dialog";
import { SafeText } from "../../components/diff/LineText";
import { Kbd } from "../../components/Kbd";
import { MessageAgent } from "../../components/MessageAgent";
import { StatusShape } from "../../components/StatusShape";
import { Elapsed } from "../../components/Time";
import { toast, toastError } from "../../components/toast";
import { messageAgent } from "../../ipc/agents";
import type { AgentSpec } from "../../ipc/bindings/AgentSpec";
import type { RunView } from "../../ipc/bindings/RunView";
import type { TaskView } from "../../ipc/bindings/TaskView";
import { openExternal } from "../../ipc/engine";
import { request, toWireError } from "../../ipc/request";
import { allActions, useActionKey, useActions } from "../../lib/actions";
import { askOf, takesMessages } from "../../lib/asks";
import { alone, stageAt, wordsKept } from "../../lib/contenders";
import { useDesk } from "../../lib/desk";
import { isMac } from "../../lib/keys";
import { stageLook } from "../../lib/stage";
import { testIds } from "../../testids";
import { isPageKey } from "./keys";
import { LinkBar, PasteBar, SearchBar } from "./PaneBars";
import styles from "./Terminals.module.css";
import { endWord } from "./tabs";
import { useEmulator } from "./useEmulator";

type PaneProps = {
  run: RunView;
  task: TaskView | undefined;
  agents: readonly AgentSpec[];
  /** Whether the pane's actions are the ones that keys reach. */
  active: boolean;
  onFocus: () => void;
  onShow: (run: string) => void;
  /** In a split: closes this half. */
  onClose: (() => void) | undefined;
};

export function Pane({ run, task, agents, active, onFocus, onShow, onClose }: PaneProps) {
  const host = useRef<HTMLDivElement>(null);
  const [searching, setSearching] = useState(false);
  const [ending, setEnding] = useState(false);
  const [inside, setInside] = useState(false);
  const title = task?.title ?? run.task;
  const pane = useEmulator(host, run, `Terminal of ${title}, ${run.name}`, (event) =>
    isPageKey(event, allActions()),
  );
  const { emulator } = pane;
  const fontSize = useDesk((desk) => desk.terminalFontSize);
  const setDesk = useDesk((desk) => desk.set);
  const paletteKey = useActionKey("app.palette");
  const leaveKey = useActionKey("terminal.leave");

  const copy = () => {
    const text = emulator?.terminal.getSelection() ?? "";
    if (text === "") return;
    navigator.clipboard
      .writeText(text)
      .then(() => toast({ tone: "quiet", message: "Copied the selection" }))
      .catch(toastError);
  };
  const openShell = () => {
    request({ type: "open_shell", plan: run.plan, task: run.task, attempt: run.attempt })
      .then((shell) => onShow(shell.id))
      .catch(toastError);
  };
  const leave = () => {
    document.querySelector<HTMLElement>(`[data-testid="${testIds.dockTab(run.id)}"]`)?.focus();
  };
  const focused = () => host.current?.contains(document.activeElement) ?? false;
  const size = (next: number) => setDesk({ terminalFontSize: Math.min(24, Math.max(8, next)) });
  const search = () => setSearching(true);
  const end = () => {
    setEnding(false);
    request({ type: "end_run", run: run.id }).catch(toastError);
  };
  const here = () => active && (focused() || inside);
  useActions(
    active
      ? [
          {
            id: "terminal.leave",
            label: "Leave the terminal",
            group: "Terminal",
            key: "ctrl+shift+escape",
            everywhere: true,
            when: here,
            run: leave,
          },
          {
            id: "terminal.copy",
            label: "Copy the selection",
            group: "Terminal",
            key: isMac ? "mod+c" : "ctrl+shift+c",
            everywhere: true,
            when: () => here() && pane.selected,
            run: copy,
          },
          {
            id: "terminal.search",
            label: "Search in the terminal",
            group: "Terminal",
            key: isMac ? "mod+f" : "ctrl+shift+f",
            everywhere: true,
            when: here,
            run: search,
          },
          {
            id: "terminal.focus",
            label: `Type into ${title}`,
            group: "Terminal",
            run: () => emulator?.terminal.focus(),
          },
          {
            id: "terminal.live",
            label: "Jump to live output",
            group: "Terminal",
            when: () => pane.away,
            run: () => emulator?.toLive(),
          },
          {
            id: "terminal.larger",
            label: "Larger terminal text",
            group: "Terminal",
            run: () => size(fontSize + 1),
          },
          {
            id: "terminal.smaller",
            label: "Smaller terminal text",
            group: "Terminal",
            run: () => size(fontSize - 1),
          },
          {
            id: "terminal.shell",
            label: `Open a shell in ${title}'s worktree`,
            group: "Terminal",
            run: openShell,
          },
          {
            id: "terminal.end",
            label: "End the run…",
            group: "Terminal",
            when: () => run.live,
            run: () => setEnding(true),
          },
        ]
      : [],
  );

  const stage = task && stageAt(task, run.attempt);
  const look = stageLook[stage?.kind ?? "draft"];
  const exit = pane.exit;
  const word = run.live && exit ? `exit ${exit.code ?? exit.outcome}` : endWord(run);
  const detail = run.detail ?? exit?.detail;
  const bad = !run.live && run.code !== 0;
  return (
    <section
      className={styles.pane}
      aria-label={`${title}, ${run.name}`}
      data-active={active || undefined}
      data-testid={testIds.terminal(run.id)}
      onFocus={() => {
        setInside(true);
        onFocus();
      }}
      onBlur={() => setInside(false)}
    >
      <header className={styles.line}>
        <StatusShape shape={look.shape} hue={look.hue} label={look.name} />
        <b className={styles.title}>
          <SafeText text={title} />
        </b>
        <span className={styles.name} title={run.command}>
          <SafeText text={run.name} />
        </span>
        {run.attempt > 1 && <span className="quiet">attempt {run.attempt}</span>}
        {run.live && stage && <span className={styles.stage}>{stage.word}</span>}
        <span className="quiet">
          <Elapsed from={run.started_ms} to={run.ended_ms} />
        </span>
        {word && (
          <span className={styles.end} data-bad={bad || undefined} title={detail ?? undefined}>
            {word}
          </span>
        )}
        <span className={styles.space} />
        {inside && (
          <span className={styles.keys}>
            {paletteKey && (
              <>
                Palette <Kbd keys={paletteKey} />
              </>
            )}
            {leaveKey && (
              <>
                Leave <Kbd keys={leaveKey} />
              </>
            )}
          </span>
        )}
        {task && stage && !askOf(stage) && takesMessages(run, agents) && (
          <MessageAgent
            agent={run.name}
            keep={wordsKept(run.plan, run.task, alone(task, run.attempt))}
            look="plain"
            testId={testIds.dockMessageAgent(run.id)}
            onMessage={(text) => messageAgent(run.plan, run.task, text, alone(task, run.attempt))}
          />
        )}
        {pane.selected && (
          <IconButton
            size="small"
            icon={<ClipboardCopy size={14} />}
            label="Copy the selection"
            keyHint={isMac ? "mod+c" : "ctrl+shift+c"}
            onClick={copy}
          />
        )}
        <IconButton
          size="small"
          icon={<Search size={14} />}
          label="Search"
          keyHint={isMac ? "mod+f" : "ctrl+shift+f"}
          onClick={search}
        />
        <span className={styles.sizes}>
          <IconButton
            size="small"
            icon={<span className={styles.smaller}>A</span>}
            label="Smaller text"
            onClick={() => size(fontSize - 1)}
          />
          <IconButton
            size="small"
            icon={<span className={styles.larger}>A</span>}
            label="Larger text"
            onClick={() => size(fontSize + 1)}
          />
        </span>
        <IconButton
          size="small"
          icon={<SquareTerminal size={14} />}
          label="Open a shell in this worktree"
          onClick={openShell}
        />
        {run.live && (
          <Button size="small" look="plain" onClick={() => setEnding(true)}>
            End run
          </Button>
        )}
        {onClose && (
          <IconButton size="small" icon={<X size={14} />} label="Close this half" onClick={onClose} />
        )}
      </header>
      {searching && emulator && (
        <SearchBar
          found={pane.found}
          search={emulator.search}
          close={() => {
            setSearching(false);
            emulator.endSearch();
            emulator.terminal.focus();
          }}
        />
      )}
      <div className={styles.screen}>
        <div ref={host} className={styles.host} data-keys="own" />
        {pane.away && (
          <Button
            className={styles.live ?? ""}
            size="small"
            icon={<ArrowDownToLine size={13} />}
            onClick={() => emulator?.toLive()}
          >
            Jump to live
          </Button>
        )}
        {pane.problem !== null && (
          <Trouble problem={pane.problem} close={() => pane.change({ problem: null })} />
        )}
      </div>
      {pane.paste && emulator && (
        <PasteBar
          question={pane.paste}
          into={`${title}, ${run.name}`}
          answer={(text) => {
            pane.change({ paste: null });
            if (text !== null) emulator.paste(text);
            emulator.terminal.focus();
          }}
        />
      )}
      {pane.link && (
        <LinkBar
          question={pane.link}
          answer={(open) => {
            const url = pane.link?.url;
            pane.change({ link: null });
            if (open && url) openExternal(url).catch(toastError);
          }}
        />
      )}
      <Confirm
        open={ending}
        onClose={() => setEnding(false)}
        title={`End ${run.name} of ${title}?`}
        verb="End run"
        danger
        onConfirm={end}
      >
        The process and all it started are ended, politely first. What it wrote stays in the worktree, and its
        output stays readable here.
      </Confirm>
    </section>
  );
}

function Trouble({ problem, close }: { problem: unknown; close: () => void }) {
  const { message, hint } = toWireError(problem);
  return (
    <div className={styles.trouble} role="alert">
      <StatusShape shape="cross" hue="fail" />
      <span data-selectable>
        {message} {hint}
      </span>
      <IconButton size="small" icon={<X size={14} />} label="Dismiss" onClick={close} />
    </div>
  );
}
