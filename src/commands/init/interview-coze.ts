// Which Coze, by which login, with which agent?

import type { Check } from './asker.ts'
import type { Answers } from './answers.ts'
import type { Interview } from './interview-world.ts'
import { checkAgent, checkToken, HOSTS, inShort, listAgents, type Agent, type CozeAt } from './live.ts'

type Coze = Answers['coze']

export async function askCoze(
  world: Interview,
): Promise<{ readonly coze: Coze; readonly agent: Answers['agent'] }> {
  const place = await askPlace(world)
  const { coze, at } = await askLogin(world, place)
  return { coze, agent: await askAgent(world, at) }
}

type Place = Pick<Coze, 'apiBase' | 'flavor'>

async function askPlace({ asker, say, env }: Interview): Promise<Place> {
  const set = (env['COZE_API_BASE'] ?? '').trim().replace(/\/+$/, '')
  const isKnown = Object.values<string>(HOSTS).includes(set)
  const where = await asker.choose(
    say('init.host'),
    [
      { value: 'cn', label: say('init.host.cn'), hint: 'api.coze.cn' },
      { value: 'com', label: say('init.host.com'), hint: 'api.coze.com' },
      { value: 'studio', label: say('init.host.studio'), hint: say('init.host.studio.hint') },
      ...(set === '' || isKnown ? [] : [{ value: 'set', label: set, hint: 'COZE_API_BASE' } as const]),
    ],
    set === '' || set === HOSTS.cn ? 'cn' : isKnown ? 'com' : 'set',
  )
  if (where === 'cn' || where === 'com') return { apiBase: HOSTS[where], flavor: 'cloud' }
  if (where === 'set') return { apiBase: set, flavor: env['COZE_FLAVOR'] === 'studio' ? 'studio' : 'cloud' }
  const isAddress: Check = (text) =>
    /^https?:\/\//i.test(text) && URL.canParse(text) ? undefined : say('init.address.wrong')
  const address = await asker.text(say('init.address'), {
    example: 'http://localhost:8888',
    check: isAddress,
  })
  return { apiBase: address.replace(/\/+$/, ''), flavor: 'studio' }
}

interface LoggedIn {
  readonly coze: Coze
  readonly at: CozeAt
}

async function askLogin(world: Interview, place: Place): Promise<LoggedIn> {
  const { asker, say } = world
  // A Studio has no OAuth.
  const how =
    place.flavor === 'studio'
      ? 'token'
      : await asker.choose(say('init.login'), [
          { value: 'token', label: say('init.login.token'), hint: say('init.login.token.hint') },
          { value: 'oauth', label: say('init.login.oauth'), hint: say('init.login.oauth.hint') },
        ])
  return how === 'token' ? await askToken(world, place) : await askAccount(world, place)
}

async function askToken(world: Interview, place: Place): Promise<LoggedIn> {
  const { asker, say, env, signal } = world
  let { apiBase } = place
  asker.note(say('init.token.where'), whereTokensAre(place, say))
  for (;;) {
    const token = await asker.secret(say('init.token'), (typed) =>
      /^\S+$/.test(typed) ? undefined : say('init.secret.wrong'),
    )
    asker.tell('step', say('init.asking', { where: apiBase }))
    const at = { ...place, apiBase, token, env }
    const verdict = await checkToken(at, signal)
    if (verdict.is === 'elsewhere') {
      asker.tell('warning', say('init.token.elsewhere', { here: apiBase, there: verdict.apiBase }))
      if (!(await asker.yes(say('init.token.useThere', { there: verdict.apiBase }), true))) continue
      apiBase = verdict.apiBase
    } else if (verdict.is === 'refused') {
      asker.tell('fault', say('init.token.refused', { where: apiBase, detail: verdict.detail }))
      continue
    } else if (verdict.is === 'unreachable') {
      asker.tell('fault', say('init.unreachable', { where: apiBase, detail: verdict.detail }))
      if (await asker.yes(say('init.again'), true)) continue
    } else asker.tell('fine', say('init.token.good', { name: verdict.name || '✓' }))
    const expiresAt = place.flavor === 'studio' ? '' : await askEnd(world)
    const auth = { kind: 'token', token } as const
    const coze = { ...place, apiBase, auth, ...(expiresAt === '' ? {} : { expiresAt }) }
    return { coze, at: { ...at, apiBase } }
  }
}

/** Nobody else knows: Coze's API does not say when a token ends. */
async function askEnd({ asker, say }: Interview): Promise<string> {
  const isDay: Check = (typed) =>
    typed === '' || (/^\d{4}-\d\d-\d\d$/.test(typed) && !Number.isNaN(Date.parse(typed)))
      ? undefined
      : say('init.expires.wrong')
  return await asker.text(say('init.expires'), { usual: '', example: '2026-12-31', check: isDay })
}

function whereTokensAre({ apiBase, flavor }: Place, say: Interview['say']): string {
  if (flavor === 'studio') return say('init.token.studio')
  const page =
    apiBase === HOSTS.com ? 'https://www.coze.com/open/oauth/pats' : 'https://www.coze.cn/open/oauth/pats'
  return say('init.token.page', { page })
}

async function askAccount(world: Interview, place: Place): Promise<LoggedIn> {
  const { asker, say, env } = world
  asker.note(say('init.app.where'), say('init.app.how'))
  const usual = env['COZE_OAUTH_CLIENT_ID']?.trim() ?? ''
  const clientId = await asker.text(say('init.app'), {
    ...(usual === '' ? {} : { usual }),
    check: (typed) => (/^\S+$/.test(typed) ? undefined : say('init.app.wrong')),
  })
  const token = await world.logIn({ apiBase: place.apiBase, clientId })
  const auth = { kind: 'oauth', clientId, flow: 'device', redirectPort: 8_789 } as const
  return { coze: { ...place, auth }, at: { ...place, token, env } }
}

const OTHER = 'other'

async function askAgent(world: Interview, at: CozeAt): Promise<Answers['agent']> {
  const { asker, say, signal, env } = world
  const agents = at.flavor === 'studio' ? [] : await listAgents(at, signal)
  if (agents.length > 0) {
    const chosen = await asker.choose(say('init.agent.choose'), [
      ...agents.map(({ id, name }) => ({ value: id, label: name || id, hint: id })),
      { value: OTHER, label: say('init.agent.other') },
    ])
    const agent = agents.find(({ id }) => id === chosen)
    if (agent !== undefined) return toAnswer(agent)
  }
  asker.note(say('init.agent.where'), say('init.agent.how'))
  const usual = env['COZE_BOT_ID']?.trim() ?? ''
  for (;;) {
    const id = await asker.text(say('init.agent'), {
      ...(usual === '' ? { example: '7300000000000000000' } : { usual }),
      check: (typed) => (/^\d{1,30}$/.test(typed) ? undefined : say('init.agent.wrong')),
    })
    const seen = await checkAgent(at, id, signal)
    if ('agent' in seen) {
      asker.tell('fine', say('init.agent.good', { name: seen.agent.name || id }))
      return toAnswer(seen.agent)
    }
    asker.tell('fault', say('init.agent.refused', { detail: inShort(seen.failure) }))
    if (!(await asker.yes(say('init.again'), true))) return { bot: id }
  }
}

function toAnswer({ id, name }: Agent): Answers['agent'] {
  return name === '' ? { bot: id } : { bot: id, name }
}
