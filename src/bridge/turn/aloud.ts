// Is the reply spoken, too? With the assistant's own voice where it brought one, else read aloud. A courtesy: the text stands.

import { speakTo, soundTo } from '../speak-to.ts'
import type { Scene } from './scene.ts'

export function isReadAloud({ turn, world, route, brought }: Scene): boolean {
  const replies = route?.voice.replies ?? 'never'
  if (!world.assistant.speak || brought.sound.length > 0) return false
  const wasSpoken = turn.record.asked.attachments.some(({ kind }) => kind === 'voice')
  return replies === 'always' || (replies === 'voice' && wasSpoken)
}

/** Resolves when it is said, or will never be: with whether it was. Rejects when the process lets go. */
export async function readAloud(
  { turn, world, route, brought, signal }: Scene,
  aloud: string | undefined,
): Promise<boolean> {
  const { id, asked } = turn.record
  const to = { id: `${id} aloud`, replyTarget: asked.replyTarget }
  if (brought.sound.length > 0) {
    // Nobody has to wait for a voice.
    turn.leaveLane()
    return await soundTo(to, brought.sound, world, world.letGo)
  }
  if (aloud === undefined || !route || signal.aborted) return false
  turn.leaveLane()
  return await speakTo(to, aloud, route.voice, world, world.letGo)
}
