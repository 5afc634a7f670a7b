<?php
// The block is in the database: see `install`.
