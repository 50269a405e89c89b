// When has a round come to rest? Every question has its end, nothing is being written, and nothing says that it is.

import type { Question } from './questions.ts'
import { judge } from './verdict.ts'
import { pause } from './waiting.ts'
import type { World } from './world.ts'

const LOOK_EVERY_MS = 150
const QUIET_MS = 700
/** Still waited for. */
const OPEN: ReadonlySet<string> = new Set(['lost', 'unfinished'])

export async function settle(
  world: World,
  questions: readonly Question[],
  findings: string[],
): Promise<void> {
  const deadlineMs = performance.now() + world.patienceMs
  while (performance.now() < deadlineMs) {
    if (!world.isUp()) {
      const code = world.bridge?.exitCode
      findings.push(`the bridge ended by itself with exit code ${code}`)
      world.launch()
    }
    const isQuiet = performance.now() - world.growth.lastAtMs > QUIET_MS
    const isDone = judge(world, questions).every(({ outcome }) => !OPEN.has(outcome))
    if (isDone && isQuiet && stirring(world).length === 0) return
    await pause(LOOK_EVERY_MS)
  }
  findings.push(...stirring(world))
}

/** What on the screens says that something is still being written. */
function stirring({ places }: World): readonly string[] {
  return places.flatMap((place) => [
    ...place
      .shown()
      .filter(({ isGenerating }) => isGenerating)
      .map(({ id }) => `${place.name}: message ${id} says that it still grows`),
    ...(place.drafts() > 0 ? [`${place.name}: a draft is left`] : []),
  ])
}
