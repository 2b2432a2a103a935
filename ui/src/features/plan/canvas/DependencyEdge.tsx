/* A dependency: solid, in green once what it waits for has landed, a pixel stronger on the critical path. */
import { type Edge, type EdgeProps, getBezierPath } from "@xyflow/react";
import { memo } from "react";
import { cx } from "../../../lib/cx";
import { testIds } from "../../../testids";
import styles from "./canvas.module.css";
import { lightOfEdge, useLit } from "./lit";

export type DependencyEdgeType = Edge<{ landed: boolean; critical: boolean }, "dependency">;

export const DependencyEdge = memo(function DependencyEdge(props: EdgeProps<DependencyEdgeType>) {
  const { source, target, selected, data } = props;
  const light = useLit((lit) => lightOfEdge(lit, source, target));
  const [path] = getBezierPath({ ...props, curvature: 0.32 });
  return (
    <g
      className={cx(
        styles.edge,
        data?.critical && styles.edgeCritical,
        selected && styles.edgeSelected,
        light && styles[`edge-${light}`],
      )}
      data-testid={testIds.edge(source, target)}
    >
      <path d={path} className={styles.edgeLine} fill="none" />
      {data?.landed && <path d={path} className={styles.edgeDrawn} fill="none" pathLength={1} />}
      <path
        d={path}
        className="react-flow__edge-interaction"
        fill="none"
        strokeOpacity={0}
        strokeWidth={16}
      />
    </g>
  );
});
