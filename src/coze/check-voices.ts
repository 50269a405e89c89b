// Are the voices that replies are read aloud with among those Coze has?

import type { AssistantFinding } from '../contract/assistant.ts'
import { listVoices } from './audio.ts'
import { look, type CheckWorld } from './check-look.ts'

const MOST_NAMES = 5

export async function checkVoices(
  { client, signal, paths }: CheckWorld,
  voices: readonly string[],
): Promise<readonly AssistantFinding[]> {
  if (voices.length === 0) return []
  const subject = 'Coze voices'
  if (client.flavor === 'studio') {
    const remedy = 'Set voice.replies: never in the routes: Coze Studio has no speech.'
    return [{ verdict: 'fault', subject, reason: 'a Coze Studio speaks with none', remedy }]
  }
  const seen = await look(() => listVoices(client, {}, signal), signal)
  if (!seen.ok) {
    const remedy = `${paths.editToken}, tick the permission listVoice.`
    return [{ verdict: 'note', subject, reason: `could not be looked at: ${seen.failure.detail}`, remedy }]
  }
  const known = seen.value.voices
  const unknown = voices.filter((voice) => !known.some(({ id }) => id === voice))
  if (unknown.length === 0) return [{ verdict: 'ok', subject, reason: `${voices.join(', ')}: there` }]
  // Only the first page was read.
  const verdict = seen.value.hasMore ? 'note' : 'fault'
  const some = known.slice(0, MOST_NAMES).map(({ id, name }) => `${id} ("${name}")`)
  return unknown.map((voice) => ({
    verdict,
    subject,
    reason: `${voice} is not among them: replies come without sound`,
    remedy: `Set voice.voice in the routes to the id of one of them: ${some.join(', ')}${known.length > some.length ? ', …' : ''}.`,
  }))
}
