import { Dock } from "../features/terminals/Dock";
import { useRoute } from "../lib/route";
import { Place } from "./Place";

export function Layout() {
  const route = useRoute();
  return (
    <main>
      <Place route={route} />
      {"plan" in route && <Dock plan={route.plan} />}
    </main>
  );
}
