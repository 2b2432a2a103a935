/* All keys that answer now, by group. */

import { Button } from "../components/Button";
import { Dialog } from "../components/Dialog";
import { Kbd } from "../components/Kbd";
import { allActions, keyOf, useRegistry } from "../lib/actions";
import { useDesk } from "../lib/desk";
import { navigate } from "../lib/route";
import { testIds } from "../testids";
import styles from "./app.module.css";

export function KeySheet() {
  const open = useDesk((d) => d.keysOpen);
  const own = useDesk((d) => d.keys);
  const set = useDesk((d) => d.set);
  const offers = useRegistry((r) => r.offers);
  if (!open) return null;
  const close = () => set({ keysOpen: false });
  const actions = allActions(offers).flatMap((a) => {
    const key = keyOf(a, own);
    return key ? [{ ...a, key }] : [];
  });
  const groups = [...new Set(actions.map((a) => a.group))];
  return (
    <Dialog
      open
      wide
      onClose={close}
      title="Keys"
      testId={testIds.keySheet}
      footer={
        <>
          <Button
            look="plain"
            onClick={() => {
              close();
              navigate({ at: "settings", section: "keys" });
            }}
          >
            Change keys…
          </Button>
          <Button onClick={close}>Close</Button>
        </>
      }
    >
      <div className={styles.sheet}>
        {groups.map((group) => (
          <section key={group}>
            <h3 className={styles.sheetHead}>{group}</h3>
            <dl>
              {actions
                .filter((a) => a.group === group)
                .map((a) => (
                  <div key={a.id} className={styles.sheetRow}>
                    <dt>{a.label}</dt>
                    <dd>
                      <Kbd keys={a.key} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="quiet">
        Plain letters act only while no text and no terminal has the focus. A terminal gets every key except
        the palette’s and its own leave key.
      </p>
    </Dialog>
  );
}
