// What of the Coze client is for others?

export { createCozeAssistant } from './assistant.ts'
export type { CozeAssistant, CozeAssistantOptions } from './assistant.ts'
export type { CozeLogin } from './auth.ts'
export { createCozeClient } from './client.ts'
export type { ClientOptions, CozeClient, Flavor } from './client.ts'
export { DEFAULT_HTTP_LIMITS } from './http.ts'
export type { HttpLimits } from './http.ts'
export type { Take } from './limiter.ts'
