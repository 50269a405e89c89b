// Malformed answers of Feishu's open platform to our calls.

import { connect } from '../../../adapters/feishu/connect.ts'
import { createFeishuApi } from '../../../adapters/feishu/api.ts'
import { createCardMemory, createOutbox, rendererFor } from '../../../adapters/feishu/outbox.ts'
import { createOwnMessages } from '../../../adapters/feishu/own.ts'
import { createRoles } from '../../../adapters/feishu/roles.ts'
import type { Clock } from '../../../src/contract/runtime.ts'
import { keysAsWords } from '../../support/words.ts'
import type { FuzzPath } from '../path.ts'
import { APP, bytes, silent } from './feishu-seeds.ts'

const never = new AbortController().signal
const ANSWERS: readonly unknown[] = [
  { code: 0, msg: 'ok', bot: { activate_status: 2, app_name: 'Bot', open_id: 'ou_bot' } },
  { code: 0, msg: 'success', data: { card_id: '7001' } },
  { code: 0, msg: 'success', data: { user: { open_id: 'ou_a', department_ids: ['od-1'] } } },
  {
    code: 0,
    msg: 'success',
    data: { message_id: 'om_1', chat_id: 'oc_1', msg_type: 'interactive', create_time: '1700000000000' },
  },
  { code: 300317, msg: 'ErrMsg: sequence number compare failed; ', error: { log_id: 'x' } },
  {
    code: 230099,
    msg: 'Failed to create card content, ext=ErrCode: 11310; ErrMsg: cardid is invalid; ErrorValue: 7;',
  },
  { code: 99991400, msg: 'request trigger frequency limit' },
]

/** Short waits take no time, deadlines never come. */
const quick: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const fail = (): void => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted'))
      if (signal?.aborted === true) fail()
      else if (ms < 5_000) setImmediate(resolve)
      else signal?.addEventListener('abort', fail, { once: true })
    }),
}

const apiAnswer: FuzzPath = {
  name: 'feishu-api-answer',
  seeds: () => ANSWERS.map(bytes),
  async open() {
    let answer: Uint8Array = bytes(ANSWERS[0])
    let status = 200
    const api = createFeishuApi(
      { ...APP, domain: 'http://127.0.0.1:9' },
      {
        clock: quick,
        log: silent,
        fetch: async (url) =>
          url.endsWith('/tenant_access_token/internal')
            ? Response.json({ code: 0, tenant_access_token: 't-1', expire: 7_200 })
            : new Response(Buffer.from(answer), { status, headers: { 'content-type': 'application/json' } }),
      },
    )
    const settings = { streaming: 'auto', requestsPerSecond: 0 } as const
    const calls = async (): Promise<void> => {
      const outbox = createOutbox(
        { chatId: 'oc_1', direct: true },
        {
          account: APP.account,
          api,
          clock: quick,
          log: silent,
          words: keysAsWords,
          settings,
          renderer: rendererFor(settings),
          cards: createCardMemory(),
          own: createOwnMessages(),
        },
      )
      const body = outbox.renderer.plain('hello')
      const surface = outbox.openStream?.({ key: 'k' })
      const roles = createRoles({ account: APP.account, api, clock: quick, log: silent, signal: never })
      const none = { controls: [] }
      const attempts: (() => Promise<unknown> | undefined)[] = [
        () => connect({ account: APP.account, api, clock: quick, domain: 'http://127.0.0.1:9' }, never),
        () => surface?.update(body, none, never),
        () => surface?.finish(body, none, never),
        () => surface?.abandon(never),
        () => outbox.post(body, { key: 'p', controls: [{ kind: 'stop', token: 's', label: 'Stop' }] }, never),
        () => roles.of('ou_a'),
      ]
      for (const attempt of attempts) await expected(attempt)
      await roles.settled()
    }
    return {
      async feed(input) {
        answer = input
        status = [200, 200, 400, 429, 502][input.length % 5] ?? 200
        await calls()
      },
      async probe() {
        status = 200
        answer = bytes(ANSWERS[0])
        const me = await connect(
          { account: APP.account, api, clock: quick, domain: 'http://127.0.0.1:9' },
          never,
        )
        if (me.openId !== 'ou_bot') throw new Error('a good answer is not understood')
      },
      async close() {},
    }
  },
}

/** Only failures the core knows what to do with. */
async function expected(attempt: () => Promise<unknown> | undefined): Promise<void> {
  try {
    await attempt()
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'PlatformError') throw error
  }
}

export default [apiAnswer] satisfies readonly FuzzPath[]
