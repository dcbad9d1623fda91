// Commands as a shell takes them: with the endpoint, the region and the keys of this server.

/** An `aws` command for a shell on this machine. Where the server asks for a token, it is read from VPCDNS_TOKEN. */
export function awsCommand(command, { owner, region, token }) {
  if (!command.startsWith("aws ")) return command;
  const secret = token ? '"$VPCDNS_TOKEN"' : "test";
  const keys = `AWS_ACCESS_KEY_ID=${owner} AWS_SECRET_ACCESS_KEY=${secret} AWS_SESSION_TOKEN= AWS_PAGER=`;
  const aws = `${keys} aws --endpoint-url ${location.origin} --region ${region} `;
  // Also those whose output is a part of the command: `--id $(aws …)`.
  return command.replace(/(^|\$\()aws /g, (_, before) => before + aws);
}

/** The dig command with only the answer's lines, from the one of an explanation. */
export function shortDig(command) {
  return command.replace(/^dig /, "dig +short ");
}
