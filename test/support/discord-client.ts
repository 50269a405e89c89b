// How do tests run the unmodified discord.js against the Discord emulator?
import {
  Client,
  DiscordAPIError,
  Events,
  Partials,
  type ClientOptions,
  type Interaction,
  type Message,
} from 'discord.js'
import {
  startDiscordEmulator,
  type DiscordEmulator,
  type DiscordEmulatorOptions,
} from '../../src/emulators/discord/index.ts'

export const TIMEOUT_MS = 15_000
/** Guilds, guild messages, direct messages, message content. */
const INTENTS = 37_377
const open: DiscordEmulator[] = []
/** Ended with the test; push what a test makes itself. */
export const clients: Client[] = []

/** To be called after each test: ends every client and emulator. */
export async function endAll(): Promise<void> {
  // In some states of its socket the promise of `destroy` never settles.
  const patience = new Promise((resolve) => setTimeout(resolve, 500))
  const ends = clients.splice(0).map((client) => Promise.race([client.destroy(), patience]))
  await Promise.allSettled(ends)
  await Promise.all(open.splice(0).map((emulator) => emulator.close()))
}

export async function start(options: DiscordEmulatorOptions = {}): Promise<DiscordEmulator> {
  const emulator = await startDiscordEmulator(options)
  open.push(emulator)
  return emulator
}

export async function login(
  emulator: DiscordEmulator,
  options: Partial<ClientOptions> = {},
): Promise<Client<true>> {
  const client = new Client({
    intents: INTENTS,
    partials: [Partials.Channel],
    allowedMentions: { parse: [], repliedUser: false },
    failIfNotExists: false,
    enforceNonce: true,
    rest: { api: emulator.url },
    ...options,
  })
  clients.push(client)
  client.on(Events.Error, () => undefined)
  const ready = new Promise<Client<true>>((resolve) => client.once(Events.ClientReady, resolve))
  await client.login(emulator.token)
  return ready
}

export function onTalk(client: Client, handle: (message: Message) => Promise<unknown>): void {
  client.on(Events.MessageCreate, (message) => {
    if (!message.author.bot) void handle(message)
  })
}

export function onInteraction(client: Client, handle: (interaction: Interaction) => Promise<unknown>): void {
  client.on(Events.InteractionCreate, (interaction) => void handle(interaction))
}

export async function errorOf(call: Promise<unknown>): Promise<DiscordAPIError> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof DiscordAPIError)) throw new Error(`expected a DiscordAPIError, got ${String(error)}`)
  return error
}
