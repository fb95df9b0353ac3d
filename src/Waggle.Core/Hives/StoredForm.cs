using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>Says of stored entities whether a hive could read them.</summary>
public static class StoredForm
{
    /// <summary>Why the entity cannot be read; null: it can be read.</summary>
    public static string? FaultOf(StoredEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        try
        {
            Features.All.SelectMany(f => f.Entities).FirstOrDefault(t => t.Name == entity.Kind)?.Check(entity);
            return null;
        }
        catch (StoreCorruptException e)
        {
            return e.Message;
        }
    }
}
