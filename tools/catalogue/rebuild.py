#!/usr/bin/env python3
"""Rebuilds zones/catalog from files that a maintainer downloads, prints what changed, and names the date.

Reads botocore's data folder, AWS's ip-ranges.json, the PrivateLink table of AWS's documents, and outputs of
`aws ec2 describe-vpc-endpoint-services`. Each is optional: what is not given stays as it is. Nothing is fetched.
Deliberately leaves rows alone that say the same in other words, so that a diff shows facts and not forms.
"""

import argparse
import sys
from pathlib import Path

import botocore_data
import ip_ranges
import privatelink
from tables import Catalogue


def main():
    """Reads the options, rebuilds, and prints the changes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--catalog", type=Path, default=Path("zones/catalog"), help="the folder to rebuild")
    parser.add_argument("--botocore", type=Path, help="the folder `data` of a botocore")
    parser.add_argument("--ip-ranges", type=Path, help="ip-ranges.json")
    parser.add_argument("--privatelink", type=Path, help="the PrivateLink table: text, Markdown or HTML")
    parser.add_argument("--services", type=Path, nargs="*", default=[],
                        help="outputs of describe-vpc-endpoint-services, one region each")
    parser.add_argument("--date", required=True, help="the date the files were downloaded: YYYY-MM-DD")
    parser.add_argument("--dry-run", action="store_true", help="print the changes and write nothing")
    options = parser.parse_args()
    if not (len(options.date) == 10 and options.date[4] == options.date[7] == "-"):
        parser.error(f"the date {options.date} is not of the form YYYY-MM-DD")
    catalogue = Catalogue(options.catalog)
    try:
        if options.botocore:
            botocore_data.rebuild(catalogue, options.botocore, options.date)
        if options.ip_ranges:
            ip_ranges.rebuild(catalogue, options.ip_ranges, options.date)
        if options.services:
            privatelink.recorded(catalogue, options.services, options.date)
        if options.privatelink:
            privatelink.documented(catalogue, options.privatelink, options.date)
    except (OSError, ValueError, KeyError) as error:
        sys.exit(f"nothing was written: {error}")
    for line in catalogue.changes:
        print(line)
    print(f"{len(catalogue.changes)} changes, of files of {options.date}")
    if not options.dry_run:
        catalogue.write()


if __name__ == "__main__":
    main()
