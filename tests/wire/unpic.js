// Reads [[provider, function, arguments], …] and writes the URLs that unpic makes of them.
const calls = JSON.parse(require("fs").readFileSync(0, "utf8"));
const urls = calls.map(([provider, name, ...rest]) => require(`unpic/providers/${provider}`)[name](...rest));
process.stdout.write(JSON.stringify(urls));
