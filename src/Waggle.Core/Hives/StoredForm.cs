using Waggle.Core.Ports;

namespace Waggle.Core.Hives;

/// <summary>Checks whether a hive can read stored entities.</summary>
public static class StoredForm
{
    /// <summary>Returns the reason why the entity cannot be read; null if it can.</summary>
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
