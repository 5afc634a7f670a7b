<?php
wfLoadExtension( 'OATHAuth' );
