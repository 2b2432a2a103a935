/* Panels that resize, collapse and remember. */
import type { ReactNode } from "react";
import { Group, Separator, useDefaultLayout } from "react-resizable-panels";
import styles from "./Splitter.module.css";

interface Props {
  /** Names the remembered layout. */
  id: string;
  orientation: "horizontal" | "vertical";
  /** The ids of the panels inside, in order: layouts are remembered by set. */
  panels: string[];
  children: ReactNode;
}

export function Panels({ id, orientation, panels, children }: Props) {
  const layout = useDefaultLayout({
    id: `coppice.${id}`,
    panelIds: panels,
    onlySaveAfterUserInteractions: true,
  });
  return (
    <Group
      id={id}
      orientation={orientation}
      className={styles.group}
      defaultLayout={layout.defaultLayout}
      onLayoutChanged={layout.onLayoutChanged}
    >
      {children}
    </Group>
  );
}

export function Divider({ label }: { label: string }) {
  return <Separator className={styles.divider} aria-label={label} />;
}
