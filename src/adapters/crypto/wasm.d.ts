/**
 * The one WebAssembly module of the service, as the bundler hands it over: compiled, not yet instantiated.
 */
declare module '@phi-ag/argon2/argon2.wasm' {
  const compiled: WebAssembly.Module
  export default compiled
}
