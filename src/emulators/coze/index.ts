// How is an emulated Coze started, watched and stopped?
import { createFaults } from './faults.ts'
import type { Faults } from './faults.ts'
import { createGates } from './gates.ts'
import { createIds } from './ids.ts'
import { decideDevice, revokeLogins } from './oauth-people.ts'
import { resolveOptions } from './options.ts'
import type { CozeEmulatorOptions } from './options.ts'
import { routes } from './routes.ts'
import type { Script } from './script.ts'
import { createCozeServer } from './server.ts'
import { cloudShapes } from './shapes.ts'
import { serveFile } from './served.ts'
import { createStore } from './store.ts'
import type { CozeStore } from './store.ts'
import { studioShapes } from './studio.ts'
import { createTicker } from './ticker.ts'
import { createUploadDesk } from './upload-desk.ts'
import type { ServedFile, WorkflowScript } from './workflow-script.ts'
import type { FirstDelta, Token, World } from './world.ts'

export { answerOf, fieldsOf } from './answers.ts'
export { echoScript, echoText } from './echo.ts'
export { gateway } from './faults.ts'
export type { Fault, FaultRule, Faults } from './faults.ts'
export { longAnswer } from './long-answer.ts'
export { makeOggOpus } from './ogg.ts'
export { defaults } from './options.ts'
export type * from './options.ts'
export type * from './records.ts'
export { always, cut, fail, inTurn, newAnswer, reason, say, wait } from './script.ts'
export type * from './script.ts'
export { makeMp3, makeSound, makeWav, speechMs } from './sound.ts'
export type { Sound, SoundFormat, SoundOptions } from './sound.ts'
export type { Counts, CozeStore } from './store.ts'
export type { UploadStats } from './upload-desk.ts'
export type {
  ByteSource,
  FieldSpec,
  Fields,
  FileDesk,
  InputStep,
  InterruptSpec,
  NodeMessage,
  ServedFile,
  WorkflowInput,
  WorkflowScript,
  WorkflowStep,
} from './workflow-script.ts'
export type { FirstDelta } from './world.ts'

export interface CozeEmulator {
  /** Base address, e.g. `http://127.0.0.1:40123`. */
  readonly url: string
  readonly store: CozeStore
  readonly faults: Faults
  /** When the first answer delta of each chat went to the socket. */
  readonly firstDeltas: readonly FirstDelta[]
  /** Scripts the chats of a bot or chatflow from now on. */
  setScript(botOrWorkflowId: string, script: Script): void
  /** Scripts the runs of a workflow from now on. */
  setWorkflowScript(workflowId: string, script: WorkflowScript): void
  /** Opens a gate for every script that waits there, or comes to it before `clearScripts`. */
  release(gate: string): void
  /** How many scripts wait at a gate now. */
  held(gate: string): number
  /** Keeps bytes and answers the address they are served at. */
  serveFile(file: ServedFile): string
  /** What a transcription hears from now on: in these bytes, or in everything that has no words of its own. May be ''. */
  hear(text: string, of?: { readonly sha256: string }): void
  /** Back to the scripts of the options, or the echo; gates hold again, and nothing is heard but names and sizes. */
  clearScripts(): void
  /** The person types the code of a device login. (In a browser: the page the code comes with.) */
  approveDevice(userCode: string, ownerUid: string): void
  /** The person says no. */
  denyDevice(userCode: string): void
  /** The person takes back what they allowed: tokens and the right to renew them end. */
  revokeLogins(ownerUid: string): void
  /** Drops a conversation with its messages, as 180 days would: 4002 from now on. */
  forgetConversation(conversationId: string): void
  /** Ends every connection and timer. */
  close(): Promise<void>
}

export async function startCozeEmulator(given: CozeEmulatorOptions = {}): Promise<CozeEmulator> {
  const options = resolveOptions(given)
  const { nowMs, limits } = options
  const ticker = createTicker()
  const uploads = createUploadDesk(limits.uploadsPerSecond ?? (options.flavor === 'studio' ? 0 : 10), nowMs)
  const world: World = {
    options,
    store: createStore(options.maxRequests, uploads.stats),
    ids: createIds(nowMs),
    ticker,
    gates: createGates(ticker),
    faults: createFaults(),
    shapes: options.flavor === 'studio' ? studioShapes : cloudShapes,
    tokens: new Map(Object.entries(options.tokens).map(([value, spec]) => [value, toToken(spec)])),
    scripts: new Map(),
    workflowScripts: new Map(),
    runs: new Map(),
    interrupted: new Map(),
    served: new Map(),
    uploads,
    heard: new Map(),
    url: '',
    firstDeltas: [],
    usedJtis: new Map(),
    devices: new Map(),
    refreshTokens: new Map(),
    consents: new Map(),
    authorizations: new Map(),
    waitingFlows: new Map(),
    recentChatsMs: [],
    nowS: () => Math.floor(nowMs() / 1000),
  }
  const server = createCozeServer(world, routes)
  // Long enough that no client reuses a connection the server is just closing.
  server.keepAliveTimeout = 60_000
  server.requestTimeout = 0
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : options.port

  world.url = `http://${options.host}:${port}`

  return {
    url: world.url,
    store: world.store,
    faults: world.faults,
    firstDeltas: world.firstDeltas,
    setScript: (id, script) => void world.scripts.set(id, script),
    setWorkflowScript: (id, script) => void world.workflowScripts.set(id, script),
    clearScripts() {
      world.scripts.clear()
      world.workflowScripts.clear()
      world.gates.close()
      world.heard.clear()
    },
    release: (gate) => world.gates.release(gate),
    held: (gate) => world.gates.held(gate),
    hear: (text, of) => void world.heard.set(of?.sha256 ?? '', text),
    serveFile: (file) => serveFile(world, file),
    approveDevice(userCode, ownerUid) {
      decideDevice(world, userCode, { ownerUid })
    },
    denyDevice: (userCode) => decideDevice(world, userCode, 'denied'),
    revokeLogins: (ownerUid) => revokeLogins(world, ownerUid),
    forgetConversation: (id) => void world.store.conversations.delete(id),
    async close() {
      world.ticker.close()
      for (const run of world.runs.values()) run.stop()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function toToken(spec: { ownerUid: string; permissions?: readonly string[]; expired?: boolean }): Token {
  return {
    owner: spec.ownerUid,
    ownerUid: spec.ownerUid,
    permissions: spec.permissions,
    expired: spec.expired ?? false,
    expiresAtS: undefined,
  }
}
