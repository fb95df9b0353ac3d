namespace Waggle.Core.Ports;

/// <summary>The store could not do it; nothing was changed.</summary>
public class StoreException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Words for clients. They hold no path of the hub's machine; the hub's log has the message itself.</summary>
    public virtual string ForClients => "its store failed; the hub's log has the details.";
}

/// <summary>No room left for what was to be written.</summary>
public sealed class StoreFullException(string message, Exception? inner = null) : StoreException(message, inner)
{
    /// <inheritdoc/>
    public override string ForClients => "its disk or database is full; free space or shorten the retention.";
}

/// <summary>Another process owns the hive.</summary>
public sealed class StoreLockedException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The owner was replaced: it must drop its state.</summary>
public sealed class StoreFencedException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>The place where it would be written is gone: no restart would find it.</summary>
public sealed class StoreLostException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>What is stored cannot be read or was written by a newer version.</summary>
public class StoreCorruptException(string message, Exception? inner = null) : StoreException(message, inner);

/// <summary>One stored entity cannot be read. The others can.</summary>
public sealed class EntityDamagedException(string message, Exception? inner = null) : StoreCorruptException(message, inner);
