namespace BindToInterface.Supervisor.Tracing;

/// <summary>Hears of each connection once what became of it is known, or is known not to be found out. Called by one thread.</summary>
internal interface ITraceOutput
{
    void Tell(TraceRecord record);

    /// <summary>Nothing more is told for a moment: what was kept back is written.</summary>
    void Flush();

    /// <summary>So many connections could not be told of, since too many came at once.</summary>
    void TellLost(int count);
}
