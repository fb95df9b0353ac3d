using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Waggle.Core.Ports;

namespace Waggle.Core.Kernel;

/// <summary>
/// Reads stored entities. It sets a damaged entity aside, names it once in the log and counts it in the hive's health; the others are not affected. Any thread
/// may call it.
/// </summary>
internal sealed partial class StoredEntities(StoreWatch watch, ILogger log)
{
    /// <summary>Parses an entity. Returns false if the entity is damaged and was set aside.</summary>
    public bool TryParse<T>(StoredEntity entity, EntityType<T> type, [NotNullWhen(true)] out T? value)
        where T : class
    {
        try
        {
            value = type.Parse(entity);
            return true;
        }
        catch (EntityDamagedException e)
        {
            SetAside(entity, e);
            value = null;
            return false;
        }
    }

    public void SetAside(StoredEntity entity, EntityDamagedException fault)
    {
        if (watch.SetAside(entity.Kind, entity.Id)) LogSetAside(log, entity.Kind, entity.Id, fault.Message);
    }

    public void LogMissing(string kind, string id, string blob) => LogMissing(log, kind, id, blob);

    [LoggerMessage(21, LogLevel.Error, "The blob '{Blob}' of the stored {Kind} '{Id}' is missing or damaged: restore it, or write the value again.")]
    private static partial void LogMissing(ILogger logger, string kind, string id, string blob);

    [LoggerMessage(
        15,
        LogLevel.Error,
        "The stored {Kind} '{Id}' is damaged and was set aside; everything else runs. `waggle doctor --repair` shows what can be recovered. {Cause}")]
    private static partial void LogSetAside(ILogger logger, string kind, string id, string cause);
}
