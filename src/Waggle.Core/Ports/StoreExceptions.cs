namespace Waggle.Core.Ports;

/// <summary>The error of a store that could not do its work; nothing was changed.</summary>
public class StoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The message for clients. It contains no path of the hub's machine; the hub's log has the full message.</summary>
    public virtual string ForClients => "its store failed; the hub's log has the details.";
}

/// <summary>The error of a store without room for a write.</summary>
public sealed class StoreFullException(string message, Exception? inner = null) : StoreException(message, inner)
{
    /// <inheritdoc/>
    public override string ForClients => "its disk or database is full; free space or shorten the retention.";
}

/// <summary>The error of a hive that another process owns.</summary>
public sealed class StoreLockedException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The error of an owner that was replaced. It must drop its state.</summary>
public sealed class StoreFencedException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The error of a store whose place is gone, so that no restart would find a write.</summary>
public sealed class StoreLostException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The error of stored data that cannot be read or that a newer version wrote.</summary>
public class StoreCorruptException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The error of a single stored entity that cannot be read. The other entities can.</summary>
public sealed class EntityDamagedException(string message, Exception? inner = null) : StoreCorruptException(message, inner);
