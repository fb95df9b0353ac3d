using Waggle.Core.Kernel;

namespace Waggle.Core.Schemas;

/// <summary>The HTTP API of the last start, as a decision sees it.</summary>
internal interface ISchemaView
{
    /// <summary>Null before the first start that reported it.</summary>
    SchemaEntity? Last { get; }
}

internal sealed class SchemaState : FeatureState, ISchemaView
{
    private readonly EntityTable<SchemaEntity> _schemas;

    public SchemaState(HiveContext hive)
    {
        _schemas = hive.Table(SchemaFeature.Schemas);
        hive.On<SchemaKept>((kept, _, _) => _schemas.Put(kept.Schema));
        hive.Views.Add<ISchemaView>(this, static (whole, _, _) => whole);
    }

    public SchemaEntity? Last => _schemas[SchemaEntity.OnlyId];
}
