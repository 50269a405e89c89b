// What is the owner asked, in which order? Each answer is tried out before the next question.

import type { Answers } from './answers.ts'
import type { Check } from './asker.ts'
import { fromText } from './entries.ts'
import { askCoze } from './interview-coze.ts'
import { askPlatforms } from './interview-platforms.ts'
import type { Interview } from './interview-world.ts'

/** Rejects with `Interrupted`, or the signal's reason. */
export async function interview(world: Interview): Promise<Answers> {
  const { locale } = world
  const { coze, agent } = await askCoze(world)
  const platforms = await askPlatforms(world)
  const access = await askAccess(world)
  const store = await askStore(world)
  return { locale, coze, agent, platforms, access, store }
}

async function askAccess({ asker, say }: Interview): Promise<Answers['access']> {
  const direct = await asker.choose(
    say('init.direct'),
    [
      { value: 'open', label: say('init.direct.open'), hint: say('init.direct.open.hint') },
      { value: 'pairing', label: say('init.direct.pairing'), hint: say('init.direct.pairing.hint') },
      { value: 'closed', label: say('init.direct.closed'), hint: say('init.direct.closed.hint') },
    ],
    'open',
  )
  const entries: Check = (text) => (fromText(text) === undefined ? say('init.entries.wrong') : undefined)
  const people = { usual: '', example: 'telegram/user:42', check: entries }
  const allow = direct === 'closed' ? fromText(await asker.text(say('init.allow'), people)) : []
  const admins = fromText(await asker.text(say('init.admins'), people))
  return { direct, allow: allow ?? [], admins: admins ?? [] }
}

const FILE_STORE = 'sqlite:./data/bridge.db'

async function askStore({ asker, say, env }: Interview): Promise<string> {
  const set = env['BRIDGE_STORE']?.trim() ?? ''
  const kind = await asker.choose(
    say('init.store'),
    [
      { value: 'sqlite', label: say('init.store.sqlite'), hint: say('init.store.sqlite.hint') },
      { value: 'redis', label: say('init.store.redis'), hint: say('init.store.redis.hint') },
    ],
    /^rediss?:/.test(set) ? 'redis' : 'sqlite',
  )
  if (kind === 'sqlite') return set.startsWith('sqlite:') ? set : FILE_STORE
  const isAddress: Check = (text) =>
    /^rediss?:\/\/./.test(text) && URL.canParse(text) ? undefined : say('init.redis.wrong')
  // It may hold a password.
  return await asker.secret(say('init.redis'), isAddress)
}
