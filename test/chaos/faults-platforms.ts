// What goes wrong with the platforms? Storms of 429, refusals, pages of proxies, lost answers, doubled and broken packets.

import type { Fault as DiscordFault } from '../../src/emulators/discord/index.ts'
import type { Fault as FeishuFault } from '../../src/emulators/feishu/index.ts'
import type { Fault as TelegramFault } from '../../src/emulators/telegram/index.ts'
import type { FaultKind } from './fault-kind.ts'
import type { Random } from './random.ts'

const storing = (random: Random): 'before' | 'after' => random.pick(['before', 'after'] as const)

const telegram: readonly FaultKind[] = [
  onTelegram('telegram-429', [1, 3], undefined, (random) => ({
    do: 'rate-limit',
    retryAfterSeconds: random.between(1, 2),
  })),
  onTelegram('telegram-5xx', [1, 4], undefined, () => ({
    do: 'error',
    code: 500,
    description: 'Internal Server Error',
  })),
  onTelegram('telegram-html', [1, 3], ['sendMessage', 'editMessageText'], (random) => ({
    do: 'html',
    storing: storing(random),
  })),
  onTelegram('telegram-lost', [1, 2], ['sendMessage', 'editMessageText'], () => ({
    do: 'drop',
    storing: 'after',
  })),
  onTelegram('telegram-garbage', [1, 2], ['sendMessage', 'editMessageText', 'getUpdates'], (random) => ({
    do: 'garbage',
    storing: storing(random),
  })),
  onTelegram('telegram-slow', [2, 6], undefined, (random) => ({
    do: 'slow',
    delayMs: random.between(200, 1_500),
  })),
  onTelegram('telegram-drop', [1, 3], ['getUpdates'], () => ({ do: 'drop' })),
  {
    name: 'telegram-packets',
    where: 'telegram',
    begin({ telegram: emulator }) {
      emulator.injectUpdate('message', 'no object at all')
      emulator.injectUpdate('message', { message_id: 'x', chat: null, date: 'yesterday', text: 7 })
      emulator.injectUpdate('callback_query', { id: 5, from: [], data: {} })
      emulator.injectUpdate('nobody_knows_this', { deep: [[[[]]]] })
    },
  },
]

const discord: readonly FaultKind[] = [
  onDiscord('discord-429', [1, 4], undefined, (random) => ({
    do: 'rate-limit',
    retryAfterMs: random.between(300, 2_000),
    scope: random.pick(['user', 'global', 'shared'] as const),
  })),
  onDiscord('discord-5xx', [1, 4], undefined, () => ({ do: 'error', status: 502 })),
  onDiscord('discord-html', [1, 3], ['createMessage', 'editMessage'], (random) => ({
    do: 'html',
    status: 502,
    storing: storing(random),
  })),
  onDiscord('discord-lost', [1, 3], ['createMessage', 'editMessage'], () => ({
    do: 'drop',
    storing: 'after',
  })),
  onDiscord('discord-garbage', [1, 2], ['createMessage', 'editMessage'], (random) => ({
    do: 'garbage',
    storing: storing(random),
  })),
  onDiscord('discord-slow', [2, 6], undefined, (random) => ({
    do: 'slow',
    delayMs: random.between(200, 1_500),
    storing: storing(random),
  })),
  {
    name: 'discord-gateway',
    where: 'discord',
    begin({ discord: { faults } }, random) {
      const { gateway } = faults
      random.pick([
        () => gateway.drop(),
        () => gateway.close(4_000),
        () => gateway.reconnect(),
        () => gateway.invalidate(random.chance(0.5)),
        () => gateway.refuseUpgrade(503, random.between(1, 3)),
      ])()
    },
  },
  {
    name: 'discord-order',
    where: 'discord',
    begin({ discord: { faults } }, random) {
      const event = 'MESSAGE_CREATE'
      faults.gateway.onDispatch({
        event,
        do: random.pick(['twice', 'swap'] as const),
        times: random.between(1, 4),
      })
      faults.gateway.echo(random.pick(['before', 'after'] as const))
    },
  },
  {
    name: 'discord-packets',
    where: 'discord',
    begin({ discord: emulator }, random) {
      const { gateway } = emulator.faults
      gateway.sendRaw(
        random.pick([
          '{"op":0,"t":"MESSAGE_CREATE","s":',
          Buffer.from([0, 255, 1, 254]),
          JSON.stringify({ op: 0, t: 'GUILD_CREATE', s: 8, d: { id: 5 } }),
          JSON.stringify({ op: 10, d: null }),
        ]),
      )
      emulator.inject('MESSAGE_CREATE', random.pick([null, 7, {}, { id: 'x', author: null }]))
      emulator.inject('INTERACTION_CREATE', { id: 5, type: 'two', token: [] })
    },
  },
]

const feishu: readonly FaultKind[] = [
  onFeishu('feishu-429', [1, 3], (random) => ({ do: 'rate-limit', resetSeconds: random.between(1, 2) })),
  onFeishu('feishu-5xx', [1, 4], (random) => ({
    do: 'error',
    code: random.pick([2200, 230_020, 1_000_005]),
    status: 500,
  })),
  onFeishu('feishu-html', [1, 3], (random) => ({ do: 'html', status: 502, storing: storing(random) })),
  onFeishu('feishu-lost', [1, 3], () => ({ do: 'drop', storing: 'after' })),
  onFeishu('feishu-garbage', [1, 2], (random) => ({ do: 'garbage', storing: storing(random) })),
  onFeishu('feishu-slow', [2, 6], (random) => ({ do: 'slow', delayMs: random.between(200, 1_500) })),
  onFeishu('feishu-token', [1, 1], () => ({ do: 'invalid-token' })),
  onFeishu('feishu-fresh-card', [1, 2], () => ({ do: 'fresh-card' })),
  {
    name: 'feishu-socket',
    where: 'feishu',
    begin({ feishu: { socket } }, random) {
      random.pick([
        () => socket.drop(random.pick([1000, 1006] as const)),
        () => socket.next({ copies: random.between(2, 3) }),
        () => socket.next({ pieces: random.between(2, 4), shuffled: true }),
      ])()
    },
  },
  {
    name: 'feishu-packets',
    where: 'feishu',
    begin({ feishu: emulator }, random) {
      random.pick([
        () => emulator.socket.sendGarbage(),
        () => emulator.socket.sendText('{"schema":'),
        () => emulator.socket.sendBadPayload(),
      ])()
      const header = { event_id: `odd-${random.between(0, 1e9)}`, event_type: 'im.message.receive_v1' }
      emulator.inject({ schema: '2.0', header, event: { message: 7, sender: null } })
    },
  },
]

export const platformFaults: readonly FaultKind[] = [...telegram, ...discord, ...feishu]

type Times = readonly [least: number, most: number]

function onTelegram(
  name: string,
  [least, most]: Times,
  methods: readonly string[] | undefined,
  faultOf: (random: Random) => TelegramFault,
): FaultKind {
  return {
    name,
    where: 'telegram',
    begin({ telegram: emulator }, random) {
      emulator.faults.add({
        fault: faultOf(random),
        times: random.between(least, most),
        ...(methods === undefined ? {} : { methods }),
      })
    },
  }
}

function onDiscord(
  name: string,
  [least, most]: Times,
  routes: readonly string[] | undefined,
  faultOf: (random: Random) => DiscordFault,
): FaultKind {
  return {
    name,
    where: 'discord',
    begin({ discord: emulator }, random) {
      emulator.faults.add({
        fault: faultOf(random),
        times: random.between(least, most),
        ...(routes === undefined ? {} : { routes }),
      })
    },
  }
}

function onFeishu(name: string, [least, most]: Times, faultOf: (random: Random) => FeishuFault): FaultKind {
  return {
    name,
    where: 'feishu',
    begin({ feishu: emulator }, random) {
      emulator.faults.add({ fault: faultOf(random), times: random.between(least, most) })
    },
  }
}
