"""The CSV files of zones/catalog: read, compared, written; and what their expressions for regions mean."""

from pathlib import Path


class Table:
    """One file: a header and rows of text."""

    def __init__(self, path):
        self.path = path
        lines = path.read_text().splitlines() if path.exists() else []
        self.header = lines[0].split(",") if lines else []
        self.rows = [dict(zip(self.header, line.split(","))) for line in lines[1:]]

    def text(self):
        """The file's text; a comma inside a field would break it."""
        for row in self.rows:
            for column in self.header:
                if "," in row.get(column, "") or '"' in row.get(column, ""):
                    raise ValueError(f"{self.path.name}: a field holds a comma or a quote: {row[column]}")
        lines = [",".join(row.get(column, "") for column in self.header) for row in self.rows]
        return "\n".join([",".join(self.header), *lines]) + "\n"


class Catalogue:
    """Every table, the changes made to them, and the regions."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.tables = {}
        self.changes = []
        self.regions = self["regions"].rows
        if not self.regions:
            raise SystemExit(f"{folder} holds no regions.csv: give the folder zones/catalog with --catalog")
        self.partitions = {row["region"]: row["partition"] for row in self.regions}

    def __getitem__(self, name):
        if name not in self.tables:
            self.tables[name] = Table(self.folder / f"{name}.csv")
        return self.tables[name]

    def change(self, name, text):
        """Notes a change for the person who reads."""
        self.changes.append(f"{name}.csv: {text}")

    def source(self, name, date, version):
        """Notes where facts came from."""
        table = self["sources"]
        table.header = table.header or ["source", "date", "version"]
        row = next((row for row in table.rows if row["source"] == name), None)
        if row is None:
            row = {"source": name}
            table.rows.append(row)
            table.rows.sort(key=lambda row: row["source"])
        if (row.get("date"), row.get("version")) != (date, version):
            row.update(date=date, version=version)
            self.change("sources", f"{name} of {date}, version {version}")

    def meant(self, expression):
        """The regions an expression means."""
        found = set()
        for term in expression.split():
            name = term.lstrip("!&")
            of_term = {region for region in self.partitions if self.term_holds(name, region)}
            if term[0] == "!":
                found -= of_term
            elif term[0] == "&":
                found &= of_term
            else:
                found |= of_term
        return found

    def term_holds(self, term, region):
        """Whether one term means the region."""
        if term == "*":
            return True
        if term == "measured":
            return any(row["region"] == region and row["measured"] == "yes" for row in self.regions)
        if term == "fips":
            return self.partitions[region] in ("aws", "aws-us-gov") and region[:3] in ("us-", "ca-")
        if term.startswith("@"):
            row = next((row for row in self["availability"].rows if row["endpoint"] == term[1:]), None)
            return row is not None and region in self.meant(row["regions"])
        return term in (region, self.partitions[region])

    def expression(self, regions):
        """The shortest expression that means these regions."""
        terms, less = [], []
        for partition in sorted(set(self.partitions.values())):
            members = [region for region in self.partitions if self.partitions[region] == partition]
            inside = [region for region in members if region in regions]
            if len(inside) * 2 > len(members) and len(members) > 1:
                terms.append(partition)
                less += [f"!{region}" for region in members if region not in regions]
            else:
                terms += inside
        return " ".join(terms + less)

    def write(self):
        """Writes the tables that were changed."""
        changed = {line.split(".csv:", 1)[0] for line in self.changes}
        texts = {name: self.tables[name].text() for name in changed}
        for name, text in texts.items():
            (self.folder / f"{name}.csv").write_text(text)
