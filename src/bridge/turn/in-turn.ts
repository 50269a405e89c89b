// A question stands in line at the assistant: its person sees its place, and it counts as asked only when its turn has come.
//
// Killed in line, it was surely never asked: the journal holds it as it was before, and it is asked after the restart.

import type { ReplyEvent } from '../../contract/assistant.ts'
import { readReply, showPlace } from './reading.ts'
import type { Scene } from './scene.ts'
import type { AskedState, Step } from './step.ts'

/** A wait worth a line on the screen, and worth keeping nothing heavy meanwhile. Our choice; the assistant speaks from the same span on. */
const LONG_WAIT_MS = 5_000

export function waitsLong({ world }: Pick<Scene, 'world'>): boolean {
  return world.assistant.expectedWaitMs() >= LONG_WAIT_MS
}

/** `ask` begins nothing before its events are read. `began`: its turn has come. */
export async function askInTurn(
  scene: Scene,
  state: Omit<AskedState, 'askedAtMs'>,
  ask: () => AsyncIterable<ReplyEvent>,
  from: Step,
  began: () => void = () => undefined,
): Promise<Step> {
  const { world } = scene
  const asked = async (): Promise<void> => {
    await scene.save({ ...state, askedAtMs: world.clock.now() })
    scene.wasAsked()
  }
  // Nothing may come between this look and the first event: whoever would wait long says so before it asks.
  if (!waitsLong(scene)) {
    await asked()
    return await readReply(scene, ask(), from)
  }
  let isAsked = false
  return await readReply(scene, ask(), from, async (place) => {
    await showPlace(scene, place)
    if (place.ahead > 0 || place.waitMs > 0) return
    if (!isAsked) await asked()
    isAsked = true
    began()
  })
}
