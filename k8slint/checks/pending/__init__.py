"""Why pods of the manifests never run on the described cluster, said once by the rule that says it best."""
