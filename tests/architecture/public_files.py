"""An import-linter contract: across modules, only a module's public files may be imported."""

import grimp
from importlinter import Contract, ContractCheck, fields, output


class PublicFilesContract(Contract):
    """`modules` is the package whose children are walled; `public` names the files that others may import."""

    type_name = "public_files"

    modules = fields.StringField()
    public = fields.ListField(subfield=fields.StringField())
    allowed_importers = fields.ListField(subfield=fields.StringField(), required=False)

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        broken = sorted(
            (importer, imported)
            for module in graph.find_children(str(self.modules))
            for imported in {module, *graph.find_descendants(module)}
            if imported.removeprefix(module).lstrip(".") not in self.public  # type: ignore[operator]
            for importer in graph.find_modules_that_directly_import(imported)
            if not _is_inside(importer, module)
            and not any(_is_inside(importer, allowed) for allowed in self.allowed_importers or ())  # type: ignore[attr-defined]
        )
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} imports {imported}, which is private to its module.")


def _is_inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")
