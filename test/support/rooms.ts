// Who may import whom: the house's rooms, as data.

export interface Room {
  /** Rooms it may import besides itself. */
  readonly imports: readonly string[]
  /** npm packages it may import. `any unclaimed`: what no other room has a right to. */
  readonly packages: readonly string[] | 'any unclaimed'
  readonly why: string
}

const FLOOR_TWO = 'it knows nothing of the bridge round it, so that it can be understood and tested alone'

export const ROOMS: Readonly<Record<string, Room>> = {
  contract: {
    imports: [],
    packages: [],
    why: 'everything rests on it, so it rests on nothing',
  },
  coze: {
    imports: ['contract', 'circuit'],
    packages: ['undici', 'eventsource-parser', 'jose'],
    why: FLOOR_TWO,
  },
  markdown: { imports: ['contract'], packages: ['markdown-it', 'markdown-it-cjk-friendly'], why: FLOOR_TWO },
  store: { imports: ['contract'], packages: ['keyv', 'hookified', '@redis/client'], why: FLOOR_TWO },
  words: { imports: ['contract'], packages: ['i18next'], why: FLOOR_TWO },
  net: { imports: ['contract'], packages: ['undici'], why: FLOOR_TWO },
  circuit: { imports: ['contract'], packages: [], why: FLOOR_TWO },
  fields: { imports: ['contract'], packages: [], why: FLOOR_TWO },
  telemetry: {
    imports: ['contract'],
    packages: [
      '@opentelemetry/api',
      '@opentelemetry/sdk-trace-base',
      '@opentelemetry/exporter-trace-otlp-http',
      '@opentelemetry/resources',
    ],
    why: 'it is loaded only where somebody collects traces',
  },
  media: { imports: ['contract', 'markdown'], packages: ['file-type', 'mime', 'sharp'], why: FLOOR_TWO },
  config: { imports: ['contract', 'fields'], packages: ['zod', 'yaml'], why: FLOOR_TWO },
  reply: {
    imports: ['contract', 'markdown', 'circuit'],
    packages: [],
    why: 'a reply grows the same way on every platform and for every backend',
  },
  bridge: {
    imports: ['contract', 'markdown', 'reply', 'store', 'words', 'net', 'fields', 'media', 'circuit'],
    packages: [],
    why: 'it is handed assistants and platforms and must not know which ones there are',
  },
  doctor: {
    imports: ['contract', 'config', 'store'],
    packages: [],
    why: 'it judges what it is handed: assistants and platforms look at themselves',
  },
  server: {
    imports: ['contract', 'bridge'],
    packages: ['hono', '@hono/node-server', '@prometheus-io/client'],
    why: 'it mounts what it is handed',
  },
  'adapters/common': {
    imports: ['contract'],
    packages: [],
    why: 'it is what every adapter needs and none owns: reading foreign data, deadlines, order, tables',
  },
  'adapters/discord': adapterWith(['discord.js']),
  'adapters/telegram': adapterWith(['grammy']),
  'adapters/feishu': adapterWith(['@larksuiteoapi/node-sdk']),
  'adapters/console': {
    imports: ['contract', 'markdown'],
    packages: [],
    why: 'it is the smallest adapter: what another one is begun from',
  },
  adapters: {
    imports: ['contract', 'adapters/*'],
    packages: [],
    why: 'it is the only list of adapters, and nothing else',
  },
  'emulators/common': {
    imports: [],
    packages: [],
    why: 'it is what any server needs and no platform means: waiting, forms, bounds',
  },
  'emulators/coze': {
    imports: [],
    packages: [],
    why: 'a misunderstanding of the wire must not hide by being written twice',
  },
  'emulators/discord': {
    imports: ['emulators/common'],
    packages: ['ws'],
    why: 'a misunderstanding of the wire must not hide by being written twice',
  },
  'emulators/feishu': {
    imports: ['emulators/common'],
    packages: ['ws', 'protobufjs'],
    why: 'a misunderstanding of the wire must not hide by being written twice',
  },
  'emulators/telegram': {
    imports: ['emulators/common'],
    packages: [],
    why: 'a misunderstanding of the wire must not hide by being written twice',
  },
}

function adapterWith(packages: Room['packages']): Room {
  return {
    imports: ['contract', 'markdown', 'adapters/common'],
    packages,
    why: 'an adapter is handed clock, log, words, fetch and memory, and knows no other adapter',
  }
}

/** A new adapter needs no line here: it may bring its SDK, but not another's. */
export function rulesOf(room: string): Room | undefined {
  return ROOMS[room] ?? (room.startsWith('adapters/') ? adapterWith('any unclaimed') : undefined)
}

/** Whether one room's rules name another; `adapters/*` names all of them. */
export function mayImport({ imports }: Room, other: string): boolean {
  return imports.some((name) => name === other || (name === 'adapters/*' && other.startsWith('adapters/')))
}

export function mayUse({ packages }: Room, name: string): boolean {
  if (packages !== 'any unclaimed') return packages.includes(name)
  return !Object.values(ROOMS).some((room) => room.packages.includes(name))
}

/** The roof may import everything, and is the only place that names the machine. */
export const ROOF = 'the roof'

/** `src/coze/chat.ts` is in the room `coze`. A folder nobody decided on has no room. */
export function roomOf(path: string): string | undefined {
  const emulator = /^src\/emulators\/([^/]+)\//.exec(path)?.[1]
  if (emulator !== undefined) return `emulators/${emulator}`
  if (/^src\/[^/]+$/.test(path) || /^src\/(playground|commands|reload)\//.test(path)) return ROOF
  if (path === 'adapters/index.ts') return 'adapters'
  const adapter = /^adapters\/([^/]+?)(?:\.ts|\.test\.ts|\/.*)$/.exec(path)?.[1]
  if (adapter !== undefined) return `adapters/${adapter}`
  return /^src\/([^/]+)\//.exec(path)?.[1]
}
