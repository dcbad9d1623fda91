// Commands as a shell takes them: with the endpoint, the region and the keys of this server.

/** An `aws` command for a shell on this machine. Where the server asks for a token, it is read from VPCDNS_TOKEN. */
export function awsCommand(command, { owner, region, token }) {
  if (!command.startsWith("aws ")) return command;
  const secret = token ? '"$VPCDNS_TOKEN"' : "test";
  const keys = `AWS_ACCESS_KEY_ID=${owner} AWS_SECRET_ACCESS_KEY=${secret} AWS_SESSION_TOKEN= AWS_PAGER=`;
  const aws = `${keys} aws --endpoint-url ${new URL(".", location).href.replace(/\/$/, "")} --region ${region} `;
  // Also those whose output is a part of the command: `--id $(aws …)`.
  return command.replace(/(^|\$\()aws /g, (_, before) => before + aws);
}

/** A dig command as it works from this browser's machine. A server that listens everywhere does not know its own name. */
export function reachable({ command, everywhere }) {
  if (!command || !everywhere) return command;
  const host = location.hostname.replace(/^\[|\]$/g, "");
  const isLocal = host === "localhost" || host.startsWith("127.") || host === "::1";
  return isLocal ? command : command.replace(/^dig @(127\.0\.0\.1|::1) /, `dig @${host} `);
}

/** The dig command with only the answer's lines, from the one of an explanation. */
export function shortDig(command) {
  return command.replace(/^dig /, "dig +short ");
}
