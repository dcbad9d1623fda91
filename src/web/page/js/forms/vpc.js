// The DNS settings of a VPC: DNS resolution and DNS hostnames.

import { ec2 } from "../api.js";
import { t } from "../words.js";
import { named } from "./endpoint.js";
import { check, form } from "./fields.js";

export function settings(vpc, close) {
  return form({
    key: "vpc", title: `${t("editVpc")}: ${named(vpc)}`, action: t("saveChanges"), close,
    place: (error) => (/hostnames/i.test(error.message) ? "hostnames" : "support"),
    body: [check("support", t("enableResolution"), vpc.dns_support), check("hostnames", t("enableHostnames"), vpc.dns_hostnames)],
    send: async (element) => {
      const wanted = (name) => element.querySelector(`#f-${name}`).checked;
      // One attribute a call, as the API has it. What hostnames need comes first, and goes last.
      const calls = [["EnableDnsSupport.Value", wanted("support"), vpc.dns_support], ["EnableDnsHostnames.Value", wanted("hostnames"), vpc.dns_hostnames]];
      if (!wanted("support")) calls.reverse();
      for (const [parameter, now, before] of calls) if (now !== before) await ec2("ModifyVpcAttribute", { VpcId: vpc.id, [parameter]: String(now) }, vpc);
    },
  });
}
