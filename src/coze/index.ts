// What of the Coze client is for others?

export { getBot, getMe, getOnlineInfo, listBots, listWorkspaces } from './account.ts'
export { createCozeAssistant } from './assistant.ts'
export type { CozeAssistant, CozeAssistantOptions, CozeLoad } from './assistant.ts'
export type { CozeLogin } from './auth.ts'
export type { LoginStanding } from './auth-kind.ts'
export { createCozeClient } from './client.ts'
export type { ClientOptions, CozeClient, Flavor } from './client.ts'
export { createHttp, DEFAULT_HTTP_LIMITS } from './http.ts'
export type { Http, HttpLimits } from './http.ts'
export type { Take } from './limiter.ts'
export { beginBrowserLogin, createOAuthCalls } from './oauth.ts'
export type { BrowserLogin, DeviceCode, OAuthApp, OAuthCalls, OAuthTokens } from './oauth.ts'
