// The one function of unbzip2-stream, which ships no types of its own.
declare module 'unbzip2-stream' {
  function unbzip2(): NodeJS.ReadWriteStream;
  export = unbzip2;
}
