// A button was pressed or a form sent: what does it stand for, and may this person?

import type { ActionEvent, EventId } from '../../contract/event.ts'
import type { Ack } from '../../contract/platform.ts'
import type { Route } from '../../contract/policy.ts'
import { isAdmin } from '../access.ts'
import { takeAnswer } from './answers.ts'
import { takeForm } from './commands.ts'
import { THUMB_DOWN, THUMB_UP, toJson, toMeaning, type Meaning } from '../turn/controls.ts'
import { addressee, notice, NOTHING, type Hall } from './hall.ts'
import { speakTo } from '../speak-to.ts'
import { takeTurn } from './questions.ts'
import { scopeKey } from '../route.ts'
import { echoed } from '../question-text.ts'
import { STOPPED } from '../turn/turn.ts'
import type { LiveTurn } from '../world.ts'

/** A verdict may be changed this long. */
const RATE_LASTS_MS = 3 * 24 * 60 * 60_000

export async function takePress(hall: Hall, event: ActionEvent, route: Route): Promise<Ack> {
  const { waiting, stops, actions } = hall.world
  const asked = waiting.byToken(event.token)
  if (asked) return await takeAnswer(hall, event, asked)
  if (waiting.wasAnswered(event.token)) return notice('action.done')
  const running = stops.get(event.token)
  if (running) return stop(hall, event, running, route)
  const stored = (await actions.get(event.token)) ?? (await actions.get(event.token.slice(0, -1)))
  if (stored === undefined) return notice('action.expired')
  const meaning = toMeaning(stored)
  if (meaning.owner !== undefined && meaning.owner !== event.sender.id) return notice('action.notYours')
  switch (meaning.kind) {
    case 'ask':
      return await askAgain(hall, event, meaning, route)
    case 'fill':
      return await takeForm(hall, event, meaning, route)
    case 'rate':
      return await rate(hall, event, meaning)
    case 'listen':
      return listen(hall, event, meaning, route)
  }
}

/** Whoever shares the conversation may stop its reply; else who asked, and admins. */
function stop({ world }: Hall, event: ActionEvent, turn: LiveTurn, route: Route): Ack {
  const isOwn = turn.record.asked.sender.id === event.sender.id
  if (!isOwn && route.conversation === 'per-user' && !isAdmin(event, world.policy.access)) {
    return notice('action.notYours')
  }
  turn.stop.abort(STOPPED)
  return NOTHING
}

/** The turn's id is the button's: however often it is pressed, it is asked once. */
async function askAgain(
  hall: Hall,
  event: ActionEvent,
  meaning: Extract<Meaning, { kind: 'ask' }>,
  route: Route,
): Promise<Ack> {
  const { text, echo, command, agent, attachments } = meaning
  const id = `${event.address.account}:press:${event.token}` as EventId
  if (await hall.world.journal.seenBefore(id)) return notice('action.done')
  const taken = {
    route,
    scopeKey: scopeKey(event, route),
    agent,
    text,
    id,
    ...(command === undefined ? {} : { command }),
    ...(attachments === undefined ? {} : { attachments }),
  }
  return await takeTurn(hall, event, echo ? { ...taken, preface: echoed(text) } : taken)
}

/** Read aloud to whoever asks for it, as a message of its own. */
function listen(
  hall: Hall,
  event: ActionEvent,
  { text }: Extract<Meaning, { kind: 'listen' }>,
  route: Route,
): Ack {
  // It costs, and one voice message is enough: pressed twice it is read once.
  if (!hall.told.first(event.token, 'listen')) return notice('action.done')
  hall.errands.run('listen', async () => {
    const sent = await speakTo(event, text, route.voice, hall.world, hall.world.letGo)
    if (!sent) hall.errands.tell(addressee(hall, event, route), [{ key: 'voice.notSpoken' }])
  })
  return NOTHING
}

async function rate(
  { world, errands }: Hall,
  event: ActionEvent,
  meaning: Extract<Meaning, { kind: 'rate' }>,
): Promise<Ack> {
  const thumb = event.token.at(-1)
  const { assistant, actions } = world
  if ((thumb !== THUMB_UP && thumb !== THUMB_DOWN) || !assistant.rate) return notice('action.expired')
  const verdict = thumb === THUMB_UP ? 'like' : 'unlike'
  if (meaning.given === verdict) return notice('action.thanks')
  const send = assistant.rate.bind(assistant)
  const { conversation, handle } = meaning
  await actions.put(event.token.slice(0, -1), toJson({ ...meaning, given: verdict }), RATE_LASTS_MS)
  errands.run('rate', () => send({ conversation, handle, verdict }, world.letGo))
  return notice('action.thanks')
}
