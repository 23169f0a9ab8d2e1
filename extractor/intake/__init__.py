"""From what lies in the inbox, or came by mail, to what is kept: looked at, unpacked, read and filed."""
